"""Alerts, silences and the autoscaling signal over HTTP."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from jobs.configuration import queue_book
from monitoring.models import Alert, Silence
from tests.jobs.http.conftest import Api, token_for
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


def test_alerts_are_listed_by_state(api: Api) -> None:
    for state, subject in (("firing", "quick"), ("resolved", "fixed")):
        Alert.objects.create(
            rule="long queue", subject=subject, state=state, severity="warning", value=7, threshold=5,
            since=datetime.now(UTC),
        )  # fmt: skip
    (alert,) = api.get("/monitoring/alerts", state="firing").json()["items"]
    assert (alert["subject"], alert["value"], alert["toldAt"]) == ("quick", 7, None)
    assert len(api.get("/monitoring/alerts").json()["items"]) == 2


def test_rules_are_there_from_the_start_and_can_be_tested(api: Api) -> None:
    names = {rule["name"] for rule in api.get("/monitoring/rules").json()["rules"]}
    assert {"no worker", "long queue", "breaker opened", "schedule missed"} <= names
    assert api.post("/monitoring/rules/no worker/test").status_code == 202
    assert api.post("/monitoring/rules/nothing/test").status_code == 404


def test_a_silence_needs_an_operator_and_a_length(api: Api, viewer: User) -> None:
    assert api.post("/monitoring/silences", {"rule": "no worker", "minutes": 30}).status_code == 201
    assert Silence.objects.get().rule == "no worker"
    assert api.post("/monitoring/silences", {"minutes": 0}).status_code == 422
    assert Api(token_for(viewer, "viewer's")).post("/monitoring/silences", {"minutes": 5}).status_code == 403


def test_the_signal_of_a_queue_counts_what_may_run(api: Api) -> None:
    for _ in range(3):
        make_job()
    signal = api.get("/monitoring/autoscaling/quick").json()
    assert (signal["queue"], signal["runnable"]) == ("quick", 3)
    assert 1 <= signal["slots"] <= 3
    api.post("/jobs/queue-action", {"queueName": "quick", "action": "pause"})
    assert api.get("/monitoring/autoscaling/quick").json()["runnable"] == 0
    assert len(api.get("/monitoring/autoscaling").json()["queues"]) > 18


def test_the_signal_of_a_queue_with_partitions_is_of_all_of_them(api: Api) -> None:
    for part in queue_book().parts_of("parted"):
        make_job(queue=part)
    whole = api.get("/monitoring/autoscaling/parted").json()
    assert (whole["queue"], whole["runnable"], whole["slots"]) == ("parted", 3, 3)
    assert api.get("/monitoring/autoscaling/parted.1").json()["runnable"] == 1
    assert api.get("/monitoring/autoscaling/quikc").status_code == 404
