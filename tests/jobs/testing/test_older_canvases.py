"""Later steps that an older build wrote: they are brought up when their turn comes, and none is lost."""

from typing import Any

import pytest
from celery import chain, chord, signature

from jobs.errors import ArgumentsRefused, OptionRefused
from jobs.models import DeadLetter, Job
from jobs.testing import Jobs
from tests.sample_tasks import add, greet, noop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("marks")]
pytest_plugins = ["jobs.pytest_plugin"]

OLD = "tests.sample_tasks.salute"


def step(kwargs: dict[str, Any], name: str = OLD, **options: Any) -> Any:
    """A signature as it is stored: by name, with the options that it has there."""
    return signature(name, kwargs=kwargs, immutable=True, options=options)


@pytest.mark.parametrize(
    "old",
    [
        step({"name": "Ada Lovelace"}),
        step({"name": "Ada Lovelace"}, payload_version=1),
        step({"first": "Ada", "last": "Lovelace"}, payload_version=2),
        step({"first": "Ada", "last": "Lovelace", "title": "Dr"}, payload_version=3),
        step({"first": "Ada", "last": "Lovelace", "title": "Dr"}),
    ],
    ids=["no version", "first", "second", "today's", "today's, by name"],
)
@pytest.mark.parametrize(
    "canvas",
    [
        lambda old: chain(noop.si("first"), old),
        lambda old: noop.si("first").set(link=old),
        lambda old: chord([noop.si("first"), noop.si("second")], old),
    ],
    ids=["chain", "link", "chord"],
)
def test_a_step_of_any_version_runs(stepwise_jobs: Jobs, canvas: Any, old: Any) -> None:
    canvas(old).apply_async()
    assert stepwise_jobs.run_until_idle()[-1].state == "completed"
    job = Job.objects.get(task=greet.name)
    assert greet.AsyncResult(job.uid).get(timeout=1) == "Dr Ada Lovelace"
    assert job.options["payload_version"] == 3


@pytest.mark.parametrize("version", [{}, {"payload_version": 1}])
def test_a_step_that_does_not_fit_is_a_dead_letter(
    stepwise_jobs: Jobs, version: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    first = chain(noop.si("first"), step({"nom": "Ada"}, **version)).delay().parent
    stepwise_jobs.run_until_idle()
    assert f"a step after job {first.id} will fail: greet refuses its arguments" in caplog.text
    stepwise_jobs.assert_failed(greet)
    assert Job.objects.get(uid=first.id).state == "completed"
    letter = DeadLetter.objects.get(job_uid=Job.objects.get(task=greet.name).uid)
    assert letter.kwargs == {"nom": "Ada"}


def test_whoever_can_be_told_is_told(stepwise_jobs: Jobs) -> None:
    with pytest.raises(ArgumentsRefused, match="of version 1 cannot be brought up: KeyError: 'name'"):
        greet.apply_async(kwargs={"nom": "Ada"}, payload_version=1)
    with pytest.raises(OptionRefused, match="payload_version: must be a version from 1 on, got 0"):
        greet.apply_async(kwargs={"name": "Ada Lovelace"}, payload_version=0)
    assert not Job.objects.exists()


def test_signatures_carry_the_version_of_their_arguments() -> None:
    assert [made.options["payload_version"] for made in (greet.s(), greet.si(), greet.subtask(), add.s(1))] == [
        3, 3, 3, 1,
    ]  # fmt: skip
