"""`queues pause`, `resume`, `drain`, `clear`, `set`."""

import pytest

from jobs.models import Job, QueueSettings
from tests.jobs.cli.conftest import Calls
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db


def test_queues_are_paused_drained_and_resumed(manage: Calls) -> None:
    for action, state in (("pause", "paused"), ("drain", "draining"), ("resume", "open")):
        assert manage("queues", action, "quick", "fixed", "--reason", "trying").code == 0
        assert manage("queues", "show", "quick", "--json").json()["state"] == state
    row = QueueSettings.objects.get(queue="quick")
    assert row.reason == "trying"
    assert row.changed_by.startswith("command line")


def test_a_clear_must_be_confirmed(manage: Calls) -> None:
    noop.enqueue_many([{"value": n} for n in range(3)])
    refused = manage("queues", "clear", "quick")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert Job.objects.filter(state="waiting").count() == 3
    assert manage("queues", "clear", "quick", "--yes", "--json").json() == {"queue": "quick", "cancelled": 3}
    assert Job.objects.filter(state="cancelled").count() == 3


def test_limits_are_set_and_reset(manage: Calls) -> None:
    words = ("--rate", "5/s", "--max-running", "3", "--ageing", "60", "--burst", "9")
    limits = manage("queues", "set", "quick", *words, "--json").json()["limits"]
    assert (limits["rate"], limits["max_running"], limits["ageing"], limits["burst"]) == ("5/s", 3, 60.0, 9)
    listed = {queue["name"]: queue["rate"] for queue in manage("queues", "list", "--json").json()}
    assert (listed["quick"], listed["fixed"]) == ("5/s", None)
    limits = manage("queues", "set", "quick", "--reset", "--json").json()["limits"]
    assert (limits["rate"], limits["max_running"], limits["ageing"]) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "quick"), "Nothing to set"),
        (("set", "quick", "--rate", "fast"), "rate"),
        (("set", "quick", "--max-running", "many"), "--max-running"),
        (("set", "quick", "--fair", "yes"), "declares no key"),
        (("set", "quik", "--rate", "1/s"), "quick"),
        (("pause", "quik"), "quick"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    manage: Calls, words: tuple[str, ...], told: str
) -> None:
    answer = manage("queues", *words)
    assert answer.code != 0
    assert told in answer.err
    assert not QueueSettings.objects.exists()
