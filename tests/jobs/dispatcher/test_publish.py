"""A released job's message is one that Celery's own code understands."""

import json
from dataclasses import replace
from typing import Any

import pytest
from celery.app.task import Context
from kombu import serialization

from config.celery import app
from jobs.dispatcher.publish import Message, Publisher, Released, body, bundle, headers
from jobs.fence.connection import client
from jobs.fence.leases import Ticket
from jobs.worker.messages import HEADER, Passport

JOB = Released(
    uid="job-1", queue="quick", task="tests.sample_tasks.add", args="[1]", kwargs='{"y": 2}',
    options={"time_limit": 60, "soft_time_limit": 50, "strategy": {"kind": "fixed", "seconds": 1}},
    canvas={}, attempt=2, snoozes=1, correlation_id="c", ticket=Ticket(4, "abc", 9),
)  # fmt: skip
CANVAS = {
    "link": [{"task": "a"}], "link_error": [{"task": "b"}], "chain": [{"task": "c"}], "chord": {"task": "d"},
    "group_id": "g", "group_index": 3, "root_id": "r", "parent_id": "p", "shadow": "s",
    "headers": {"mine": 1, "id": "not this one"}, "stamped_headers": ["stamp"], "stamp": "x",
    "replaced_task_nesting": 1,
}  # fmt: skip


def test_the_body_is_protocol_2() -> None:
    codec: Any = serialization
    loaded = codec.loads(body(JOB), "application/json", "utf-8", accept={"application/json"})
    assert loaded == [
        [1], {"y": 2}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None},
    ]  # fmt: skip


def test_a_canvas_travels_in_the_body_and_the_headers() -> None:
    woven = replace(JOB, canvas=CANVAS)
    assert json.loads(body(woven))[2] == {
        "callbacks": [{"task": "a"}], "errbacks": [{"task": "b"}], "chain": [{"task": "c"}],
        "chord": {"task": "d"},
    }  # fmt: skip
    sent = headers(woven)
    told = {name: sent[name] for name in ("group", "group_index", "root_id", "parent_id", "shadow")}
    assert told == {"group": "g", "group_index": 3, "root_id": "r", "parent_id": "p", "shadow": "s"}
    assert (sent["stamped_headers"], sent["stamps"], sent["mine"]) == (["stamp"], {"stamp": "x"}, 1)
    assert sent["replaced_task_nesting"] == 1


def test_nobody_can_overwrite_the_jobs_identity_with_a_header() -> None:
    sent = headers(replace(JOB, canvas={"headers": {"id": "x", "task": "y", HEADER: "z", "retries": 9}}))
    assert (sent["id"], sent["task"], sent["retries"]) == ("job-1", "tests.sample_tasks.add", 2)
    assert sent[HEADER] == Passport.of(sent[HEADER]).header()


def test_celerys_context_reads_the_headers() -> None:
    request = Context(headers(JOB), args=[1], kwargs={"y": 2}, called_directly=False)
    assert (request.id, request.task, request.retries) == ("job-1", "tests.sample_tasks.add", 2)
    assert (request.timelimit, request.root_id, request.parent_id) == ([60, 50], "job-1", None)
    assert (request.eta, request.expires, request.ignore_result) == (None, None, False)
    assert Passport.of(request.get(HEADER)) == Passport("quick", Ticket(4, "abc", 9), 2, 1, JOB.options, "c")


def test_headers_are_plain_json() -> None:
    woven = replace(JOB, canvas=CANVAS)
    assert json.loads(json.dumps(headers(woven))) == headers(woven)


def test_long_arguments_are_cut_where_people_read_them() -> None:
    sent = headers(replace(JOB, args=json.dumps(["x" * 500])))
    assert len(sent["argsrepr"]) == 200
    assert sent["argsrepr"].endswith("...")
    assert sent["kwargsrepr"] == '{"y": 2}'


def test_in_a_bundle_each_job_has_the_headers_that_it_has_alone() -> None:
    jobs = [JOB, replace(JOB, uid="job-2", args="[5]", kwargs="{}")]
    text, sent = bundle(Message(jobs, ahead=7))
    assert json.loads(text) == [
        [[[headers(jobs[0]), [1], {"y": 2}], [headers(jobs[1]), [5], {}]], 7], {}, {},
    ]  # fmt: skip
    assert (sent["task"], sent["ignore_result"], sent["argsrepr"]) == ("jobs.run_bundle", True, "2 jobs")
    assert sent["id"] not in {"job-1", "job-2"}


@pytest.mark.parametrize(
    ("job", "stalls", "has_canvas"),
    [
        (JOB, 0, False),
        (replace(JOB, ticket=Ticket(6, "abc")), 2, False),
        (replace(JOB, canvas={"root_id": "r", "parent_id": "p"}), 0, False),
        (replace(JOB, canvas={"root_id": "r", "link": [{}]}), 0, True),
        (replace(JOB, canvas={"group_id": "g"}), 0, True),
    ],
)
def test_a_job_knows_how_often_it_stalled_and_whether_celery_goes_on_from_it(
    job: Released, stalls: int, has_canvas: bool
) -> None:
    assert (job.stalls, job.has_canvas) == (stalls, has_canvas)


@pytest.mark.parametrize("count", [1, 450])
def test_published_messages_lie_in_the_broker_in_order_and_celery_decodes_them(count: int) -> None:
    redis: Any = client()
    redis.flushdb()
    publisher = Publisher(app)
    publisher.publish([Message([replace(JOB, uid=f"job-{n}")]) for n in range(count)])
    assert publisher.waiting_in_broker("quick") == count
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("quick")
        messages = [queue.get_nowait() for _ in range(count)]
        assert [message.headers["id"] for message in messages] == [f"job-{n}" for n in range(count)]
        assert messages[0].decode()[:2] == [[1], {"y": 2}]
        assert messages[0].properties["correlation_id"] == "job-0"
        for message in messages:
            message.ack()
    publisher.close()
