"""Everything is behind the login, and every answer says what a page may load."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job

PAGES = ["/", "/jobs", "/jobs/job-1", "/dead-letters", "/dead-letters/cause/f1", "/workers", "/wallets"]


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_sent_to_the_login_and_back(db: None, address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/login?next={address}"


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_cannot_act(db: None, address: str) -> None:
    assert Client().post(address, {"action": "retry"}).status_code == 302


def test_the_login_leads_to_where_one_wanted_to_go(db: None) -> None:
    User.objects.create_user("viewer", password="secret")
    response = Client().post("/login", {"username": "viewer", "password": "secret", "next": "/workers"})
    assert response.headers["Location"] == "/workers"


def test_the_login_does_not_lead_to_another_site(db: None) -> None:
    User.objects.create_user("viewer", password="secret")
    response = Client().post(
        "/login", {"username": "viewer", "password": "secret", "next": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/"


def test_a_wrong_password_is_answered_in_words(db: None) -> None:
    response = Client().post("/login", {"username": "viewer", "password": "wrong"})
    assert "The user name and the password do not match." in response.content.decode()


def test_the_login_needs_its_token(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/login", {"username": "a", "password": "b"})
    assert response.status_code == 403


def test_acting_needs_the_token(operator: Client, failed_job: Job) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post("/jobs/job-failed", {"action": "retry"}).status_code == 403
    assert Job.objects.get().state == "failed"


def test_signing_out_ends_the_session(viewer: Client) -> None:
    assert viewer.post("/logout").headers["Location"] == "/login"
    assert viewer.get("/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/", "/jobs", "/jobs/job-failed", "/dead-letters", "/workers", "/wallets"]
)
def test_pages_have_no_inline_script_or_style_and_forbid_them(
    operator: Client, failed_job: Job, address: str
) -> None:
    response = operator.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    html = response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)\s*=", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)


def test_the_admin_has_a_policy_of_its_own(operator: Client) -> None:
    policy = operator.get("/admin/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "default-src 'self'" in policy
