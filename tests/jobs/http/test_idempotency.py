"""Idempotency-Key: once done, answered the same; whatever comes twice, at once, or differently."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test import AsyncClient
from django.utils import timezone

from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import AnsweredRequest, AuditEntry, Job
from jobs.store.answered_requests import prune_answers
from tests.jobs.http.conftest import Api, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

NOOP = {"jobName": "noop", "data": {"value": 1}}
KEY = {"Idempotency-Key": "order-17"}


def test_the_same_request_is_done_once_and_answered_the_same(api: Api) -> None:
    first, second = (api.post("/jobs/trigger", NOOP, **KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.content == first.content
    assert (second["Location"], second["Content-Type"]) == (first["Location"], first["Content-Type"])
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert Job.objects.count() == AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("/jobs/trigger", NOOP | {"priority": 1}), ("/queues/quick/jobs", NOOP), ("/jobs/trigger?x=1", NOOP)],
)
def test_a_key_that_was_used_for_another_request_is_refused(api: Api, path: str, body: Any) -> None:
    api.post("/jobs/trigger", NOOP, **KEY)
    answer = api.post(path, body, **KEY)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-reused")
    assert Job.objects.count() == 1


def test_keys_of_different_users_have_nothing_to_do_with_each_other(api: Api) -> None:
    other = Api(token_for(User.objects.create_user("other", is_staff=True), "other"))
    ids = {each.post("/jobs/trigger", NOOP, **KEY).json()["id"] for each in (api, other)}
    assert len(ids) == 2


def test_a_refusal_is_not_kept_and_leaves_nothing(api: Api) -> None:
    assert api.post("/jobs/trigger", {"jobName": "nope"}, **KEY).status_code == 422
    assert AnsweredRequest.objects.count() == 0
    assert api.post("/jobs/trigger", NOOP, **KEY).status_code == 202


def test_an_answer_is_given_only_to_those_who_are_still_let_in(api: Api, operator: User) -> None:
    api.post("/jobs/trigger", NOOP, **KEY)
    operator.api_tokens.update(revoked=True)
    assert api.post("/jobs/trigger", NOOP, **KEY).status_code == 401
    assert Api().post("/jobs/trigger", NOOP, **KEY).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_what_failed_after_its_commit_is_done_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = {"queueName": "quick", "action": "pause"}

    def away(*_: Any) -> int:
        raise redis.ConnectionError

    with monkeypatch.context() as outage:
        outage.setattr("jobs.fence.leases.pause", away)
        assert api.post("/jobs/queue-action", pause, **KEY).status_code == 503
    again = api.post("/jobs/queue-action", pause, **KEY)
    assert (again.status_code, again.get("Idempotent-Replayed")) == (200, None)
    assert client().exists(keys.paused("quick"))


@pytest.mark.parametrize("key", ["", "k" * 256, "schlüssel", "a b"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    answer = api.post("/jobs/trigger", NOOP, **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-key")
    assert Job.objects.count() == 0


def test_a_day_later_the_key_is_a_new_one(api: Api) -> None:
    first = api.post("/jobs/trigger", NOOP, **KEY).json()["id"]
    AnsweredRequest.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    assert api.post("/jobs/trigger", NOOP, **KEY).json()["id"] != first
    AnsweredRequest.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    assert (prune_answers(), prune_answers()) == (1, 0)


def test_other_posts_honour_it_too(api: Api) -> None:
    uid = api.post("/jobs/trigger", NOOP).json()["id"]
    cancelled = [api.post(f"/jobs/{uid}/cancel", **KEY).status_code for _ in range(2)]
    assert cancelled == [200, 200]  # without the key the second one were a 409


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_job(clean_redis: None) -> None:
    token = token_for(User.objects.create_user("operator", is_staff=True))
    answers = _together(6, lambda: Api(token).post("/jobs/trigger", NOOP, **KEY))
    assert [answer.status_code for answer in answers] == [202] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 5
    assert Job.objects.count() == 1


def _together(count: int, call: Callable[[], Any]) -> list[Any]:
    barrier, answers = Barrier(count), list[Any]()

    def run() -> None:
        barrier.wait(10)
        answers.append(call())
        connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
async def test_the_asynchronous_chain_keeps_the_promise_too(clean_redis: None) -> None:
    headers = {"authorization": f"Bearer {await sync_to_async(_operators_token)()}"} | KEY
    answers = [
        await AsyncClient().post(
            "/api/v1/jobs/trigger", NOOP, content_type="application/json", headers=headers
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert await Job.objects.acount() == 1


def _operators_token() -> str:
    return token_for(User.objects.create_user("operator", is_staff=True))
