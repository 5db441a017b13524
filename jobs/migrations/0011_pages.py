"""Indexes for the pages. Built while others write: tables may be large, and an old build goes on meanwhile."""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def built(model: str, index: models.Index) -> Iterator[Operation]:
    """The index, also when an earlier try ended in its middle: what that left behind is invalid and in the way."""
    left_behind = f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}"
    yield migrations.RunSQL(left_behind, migrations.RunSQL.noop)
    yield AddIndexConcurrently(model, index)


class Migration(migrations.Migration):

    atomic = False  # as CONCURRENTLY asks

    dependencies = [("jobs", "0010_grants_and_idempotency")]

    operations = [
        *built(
            "attempt",
            models.Index(
                fields=["outcome", "id"],
                name="attempt_outcome",
                condition=models.Q(("outcome", "completed"), _negated=True),
            ),
        ),
        *built(
            "deadletter",
            models.Index(
                fields=["resolved_at"],
                name="letter_resolved",
                condition=models.Q(("resolution", ""), _negated=True),
            ),
        ),
        *built("job", models.Index(fields=["task", "id"], name="job_task")),
        *built(
            "job",
            models.Index(
                fields=["state", "id"],
                name="job_ended_badly",
                condition=models.Q(("state__in", ["cancelled", "failed"])),
            ),
        ),
    ]
