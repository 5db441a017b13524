"""Who asks."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def operator(db: None) -> Client:
    """Somebody who may start jobs."""
    client = Client()
    client.force_login(User.objects.create_user("olga", is_staff=True))
    return client


@pytest.fixture
def viewer(db: None) -> Client:
    """Somebody who may only look."""
    client = Client()
    client.force_login(User.objects.create_user("victor"))
    return client
