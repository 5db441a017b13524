"""A clock that is set by moving the past away: every moment that the platform remembers becomes so much older.

So nothing in production asks which clock counts, and "now" is now in Python as in PostgreSQL.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.db import connection, models
from django.db.models import F
from django_celery_results.models import TaskResult

# What is only ever appended, or counted: no decision depends on when that was.
_RECORDS = {"auditentry", "metric", "tally"}


def age_rows(by: timedelta) -> None:
    """Move every moment in the platform's tables into the past."""
    for model in (*apps.get_app_config("jobs").get_models(), TaskResult):
        moments = {name: F(name) - by for name in _moments(model)}
        if moments and model._meta.model_name not in _RECORDS:  # noqa: SLF001 -- Django's own name
            model._default_manager.update(**moments)  # noqa: SLF001 -- Django's own name


def next_due() -> timedelta | None:
    """How long until the next delayed job may run, at least zero; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE)
        row = cursor.fetchone()
    return None if row[0] is None else max(row[0], timedelta())


def _moments(model: type[models.Model]) -> Iterator[str]:
    return (
        field.name
        for field in model._meta.concrete_fields  # noqa: SLF001 -- Django's own name
        if isinstance(field, models.DateTimeField)
    )


_NEXT_DUE = "SELECT min(run_at) - clock_timestamp() FROM jobs_job WHERE state = 'delayed'"
