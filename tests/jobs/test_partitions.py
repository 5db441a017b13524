"""A queue with partitions: several queues behind one name."""

import pytest

from jobs import configuration, control
from jobs.changes import change
from jobs.errors import OptionRefused, UnknownName
from jobs.models import Job, QueueSettings
from jobs.options import Debounce
from jobs.queues import Queue, QueueBook
from jobs.rates import parse_rate
from tests.jobs.cli.conftest import Calls, manage
from tests.sample_tasks import tenant_work

__all__ = ["manage"]

PARTED = Queue("parted", "tests", key="tenant", partitions=3, max_running_per_key=1, tasks=("work.*",))
PLAIN = Queue("plain", "tests")


@pytest.fixture
def parts() -> list[str]:
    """The parts of the test settings' partitioned queue."""
    return configuration.queue_book().parts_of("parted")


def test_it_is_so_many_queues_behind_one_name() -> None:
    book = QueueBook([PARTED, PLAIN], "plain")
    assert book.names == ["parted.0", "parted.1", "parted.2", "plain"]
    assert book.parts_of("parted") == ["parted.0", "parted.1", "parted.2"]
    assert book.parts_of("plain") == ["plain"]
    assert "parted" in book
    assert "parted.2" in book
    assert "parted.3" not in book
    assert book.get("parted") is PARTED
    assert book.of_task("work.hard") is PARTED
    assert book.siblings("parted.1") == ["parted.0", "parted.1", "parted.2"]
    assert list(book.faults()) == []


def test_a_part_has_the_settings_of_the_whole() -> None:
    part = QueueBook([PARTED, PLAIN], "plain").get("parted.1")
    assert (part.max_running_per_key, part.partitions, part.declared_name) == (1, 1, "parted")


def test_what_is_told_of_one_part_at_a_time_names_the_parts() -> None:
    book = QueueBook([PARTED, PLAIN], "plain")
    assert book.part("parted.0").name == "parted.0"
    with pytest.raises(UnknownName, match="no part of the queue named 'parted'"):
        book.part("parted")


def test_a_key_is_always_in_the_same_part_and_keys_spread() -> None:
    chosen = {key: PARTED.part_for(key).name for key in map(str, range(300))}
    assert chosen == {key: PARTED.part_for(key).name for key in chosen}
    counts = [list(chosen.values()).count(f"parted.{n}") for n in range(3)]
    assert min(counts) > 70


@pytest.mark.parametrize(
    ("queues", "fault"),
    [
        ([Queue("a", "t", partitions=2)], "queue 'a': partitions need `key`"),
        ([Queue("a", "t", partitions=0, key="k")], "queue 'a': partitions must be at least 1"),
        (
            [Queue("a", "t", partitions=2, key="k", rate=parse_rate("1/s"))],
            "queue 'a': partitions and limits",
        ),
        ([Queue("a", "t", partitions=2, key="k", max_running=1)], "queue 'a': partitions and limits"),
        ([Queue("a", "t", partitions=2, key="k"), Queue("a.1", "t")], "queue 'a.1' is declared twice"),
        ([Queue("a", "t"), Queue("a", "t")], "queue 'a' is declared twice"),
        ([Queue("plain", "t", partitions=2, key="k")], "the default queue 'plain' cannot have partitions"),
    ],
)
def test_declarations_that_make_no_sense_are_told(queues: list[Queue], fault: str) -> None:
    faults = list(QueueBook([*queues, PLAIN][: 1 + len(queues)], "plain").faults())
    assert any(told.startswith(fault) for told in faults), faults


@pytest.mark.django_db
def test_a_job_goes_to_the_part_of_its_key(parts: list[str]) -> None:
    for tenant in "abcabc":
        tenant_work.using(queue="parted").enqueue(tenant=tenant)
    places = set(Job.objects.values_list("limit_key", "queue"))
    assert len(places) == 3
    assert {queue for _, queue in places} <= set(parts)
    bulk = tenant_work.enqueue_many([{"tenant": tenant} for tenant in "abc"], queue="parted")
    assert set(Job.objects.filter(uid__in=[r.id for r in bulk]).values_list("limit_key", "queue")) == places


@pytest.mark.django_db
def test_an_edited_payload_moves_the_job_to_the_part_of_its_new_key() -> None:
    first = tenant_work.using(queue="parted", countdown=600).enqueue(tenant="a")
    part = configuration.queue_book().get("parted").part_for
    moved = next(key for key in map(str, range(100)) if part(key) != part("a"))
    change(first.id, data={"tenant": moved})
    assert Job.objects.values_list("queue", "limit_key").get() == (part(moved).name, moved)


@pytest.mark.django_db
def test_a_replaced_payload_moves_the_job_too() -> None:
    task = tenant_work.using(queue="parted", unique=Debounce(600), unique_key="one")
    part = configuration.queue_book().get("parted").part_for
    moved = next(key for key in map(str, range(100)) if part(key) != part("a"))
    assert task.enqueue(tenant="a").created
    assert task.enqueue(tenant=moved).replaced
    assert Job.objects.values_list("queue", "limit_key").get() == (part(moved).name, moved)


@pytest.mark.django_db
def test_the_whole_is_paused_cleared_and_searched_by_its_name(manage: Calls, parts: list[str]) -> None:
    for tenant in "abcdef":
        tenant_work.using(queue="parted").enqueue(tenant=tenant)
    control.pause("parted", "tests")
    paused = QueueSettings.objects.filter(state="paused").values_list("queue", flat=True)
    assert sorted(paused) == parts
    assert len(manage("jobs", "list", "--queue", "parted", "--json").json()) == 6
    assert control.clear("parted", "tests") == 6
    assert control.change_limits("parted", {"max_running_per_key": 2}, "tests").max_running_per_key == 2
    assert QueueSettings.objects.filter(max_running_per_key=2).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("queue", ["parted", "parted.0"])
def test_a_limit_of_the_whole_is_refused(queue: str) -> None:
    with pytest.raises(OptionRefused, match="no leader sees all partitions"):
        control.change_limits(queue, {"rate": "1/s"}, "tests")
    assert not QueueSettings.objects.exists()
