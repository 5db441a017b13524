"""`/login`: guessing passwords."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db
RIGHT = {"username": "operator", "password": "secret"}


def test_after_too_many_wrong_passwords_even_the_right_one_is_refused_for_a_while(settings: Any) -> None:
    settings.LOGIN_TRIES_PER_MINUTE = 3
    User.objects.create_user(**RIGHT)
    User.objects.create_user("other", password="secret")
    wrong = [Client().post("/login", RIGHT | {"password": "guess"}).status_code for _ in range(3)]
    assert wrong == [200, 200, 200]
    refused = Client().post("/login", RIGHT | {"username": "OPERATOR"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Too many wrong passwords" in refused.content.decode()
    assert Client().post("/login", RIGHT | {"username": "other"})["Location"] == "/"
    assert Client(REMOTE_ADDR="10.0.0.9").post("/login", RIGHT)["Location"] == "/"


def test_right_passwords_are_not_counted(settings: Any) -> None:
    settings.LOGIN_TRIES_PER_MINUTE = 1
    User.objects.create_user(**RIGHT)
    assert [Client().post("/login", RIGHT).status_code for _ in range(3)] == [302, 302, 302]


def test_the_admin_has_no_door_of_its_own() -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/login?next=%2Fadmin%2F"
    assert "User name" in answer.content.decode()


def test_one_whom_the_admin_does_not_let_in_is_told_so(viewer: Client) -> None:
    page = viewer.get("/admin/", follow=True)
    assert (page.status_code, len(page.redirect_chain)) == (200, 2)
    assert "Your account may not see that page." in page.content.decode()
    assert viewer.get("/login?next=/jobs")["Location"] == "/jobs"
