"""Code as it is written for Celery, run by a real worker."""

from jobs.models import Attempt
from tests.jobs.faults.history import executions
from tests.processes import Platform
from tests.sample_tasks import courteous


def test_a_base_class_that_overrides_the_hooks_is_durable_all_the_same(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()

    result = courteous.delay("well")

    assert result.get(timeout=30) == "well"
    assert Attempt.objects.get(job__uid=result.id).outcome == "completed"
    assert set(executions()) == {f"before {result.id}", f"after {result.id}"}
