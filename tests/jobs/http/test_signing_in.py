"""Who may come in, and what the others are told."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import ApiToken, Job
from tests.jobs.http.conftest import Api, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

NOOP = {"jobName": "noop", "data": {}}


def test_a_stranger_is_told_to_sign_in() -> None:
    for path in ("/jobs", "/jobs/stats", "/queues", "/jobs/x/wait", "/openapi.json"):
        answer = Api().get(path)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/not-signed-in"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Api().post("/jobs/trigger", NOOP).status_code == 401
    assert Job.objects.count() == 0


def test_a_token_opens_the_door_and_its_use_is_noted(operator: User) -> None:
    token = token_for(operator)
    assert Api(token).get("/jobs").status_code == 200
    stored = ApiToken.objects.get()
    assert stored.last_used_at is not None
    assert token not in str(stored.__dict__)


def test_a_revoked_or_invented_token_is_refused_even_beside_a_session(operator: User) -> None:
    token = token_for(operator)
    ApiToken.objects.update(revoked=True)
    for each in (token, "mr_invented"):
        api = Api(each)
        api.client.force_login(operator)
        answer = api.get("/jobs")
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-token")


def test_after_too_many_wrong_tokens_an_address_is_told_to_wait_and_right_ones_pass(
    operator: User, settings: Any
) -> None:
    settings.WRONG_TOKENS_PER_MINUTE = 3
    right = Api(token_for(operator))
    assert [Api(f"mr_guess{n}").get("/jobs").status_code for n in range(3)] == [401, 401, 401]
    refused = Api("mr_guess4").get("/jobs")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert right.get("/jobs").status_code == 200
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert elsewhere.get("/api/v1/jobs", headers=Api("mr_guess5").headers).status_code == 401


def test_right_tokens_are_not_counted(operator: User, settings: Any) -> None:
    settings.WRONG_TOKENS_PER_MINUTE = 1
    api = Api(token_for(operator))
    assert [api.get("/jobs").status_code for _ in range(3)] == [200, 200, 200]


def test_the_token_of_a_user_who_was_deactivated_is_refused(operator: User) -> None:
    token = token_for(operator)
    User.objects.update(is_active=False)
    assert Api(token).get("/jobs").status_code == 401


def test_a_session_reads_and_needs_the_csrf_token_to_write(operator: User) -> None:
    api = Api(enforce_csrf=True)
    api.client.force_login(operator)
    assert api.get("/jobs").status_code == 200
    refused = api.post("/jobs/trigger", NOOP)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    api.client.cookies["csrftoken"] = "a" * 32
    assert api.post("/jobs/trigger", NOOP, **{"X-CSRFToken": "a" * 32}).status_code == 202
    assert Job.objects.count() == 1


def test_a_viewer_reads_but_starts_nothing(viewer: User) -> None:
    api = Api(token_for(viewer))
    assert api.get("/jobs").status_code == 200
    answer = api.post("/jobs/trigger", NOOP)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    assert Job.objects.count() == 0


def test_the_page_sends_browsers_to_the_login_and_loads_nothing_from_elsewhere(
    operator: User, settings: Any
) -> None:
    settings.LOGIN_URL = "/login/"
    client = Client()
    assert client.get("/api/v1/docs")["Location"] == "/login/?next=/api/v1/docs"
    client.force_login(operator)
    page = client.get("/api/v1/docs").content.decode()
    assert "ninja/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/jobs/trigger" in document["paths"]


def test_healthz_is_open_and_readyz_names_what_is_missing_only_to_users(operator: User) -> None:
    assert Client().get("/healthz").json() == {"status": "alive"}
    stranger = Client().get("/readyz")
    assert (stranger.status_code, stranger.json()) == (503, {"status": "unready"})
    told = Client().get("/readyz", headers={"authorization": f"Bearer {token_for(operator)}"}).json()
    assert "a dispatcher for quick" in told["missing"]
    assert "a worker for quick" in told["missing"]
    assert "redis" not in told["missing"]
