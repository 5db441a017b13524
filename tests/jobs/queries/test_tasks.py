"""What a task's name means in a search."""

from datetime import UTC, datetime

from jobs.models import Job, Metric
from jobs.queries.listing import Wanted, find_jobs
from jobs.queries.tasks import full_names


def test_a_short_name_is_that_of_the_task_which_this_build_knows(db: None) -> None:
    assert full_names("noop") == full_names("tests.sample_tasks.noop") == ("tests.sample_tasks.noop",)


def test_jobs_of_a_task_that_this_build_does_not_know_are_found_by_its_short_name(db: None) -> None:
    Metric.objects.create(
        period="total", at=datetime(1970, 1, 1, tzinfo=UTC), queue="quick", task="old.shop.ship"
    )
    job = Job.objects.create(
        uid="a", queue="quick", task="old.shop.ship", state="completed", created_at=datetime.now(UTC)
    )
    assert find_jobs(Wanted(task="ship"), None, 10) == ([job], None)
    assert find_jobs(Wanted(task="hip"), None, 10) == ([], None)
