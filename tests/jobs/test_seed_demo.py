"""`manage.py seed_demo`."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings


def test_the_demo_login_is_made_once_and_works(db: None, settings: Settings) -> None:
    settings.DEBUG = True
    for _ in range(2):
        told = io.StringIO()
        call_command("seed_demo", stdout=told)
        assert "Demo login: user demo, password demo" in told.getvalue()
    assert User.objects.get().is_superuser
    assert Client().login(username="demo", password="demo")


def test_a_password_that_was_changed_stays(db: None, settings: Settings) -> None:
    settings.DEBUG = True
    call_command("seed_demo", stdout=io.StringIO())
    user = User.objects.get()
    user.set_password("mine")
    user.save()
    call_command("seed_demo", stdout=io.StringIO())
    assert not Client().login(username="demo", password="demo")


def test_without_debug_it_refuses(db: None, settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo", stdout=io.StringIO())
    assert not User.objects.exists()
