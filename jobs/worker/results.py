"""Results as JSON, and where the large ones go."""

from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from django.db import connection
from pydantic import BaseModel


def plain(value: Any) -> Any:
    """A result as JSON types: pydantic models and dataclasses become dictionaries."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value


@dataclass(frozen=True)
class StoredElsewhere:
    """A result that is too large for the log: written to TaskResult before the outcome refers to it."""

    uid: str
    task: str

    def write(self, text: str) -> None:
        """Store the result; its status stays PENDING until the outcome is folded."""
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [self.uid, self.task, text])


_STORE = """
INSERT INTO django_celery_results_taskresult
    (task_id, task_name, status, content_type, content_encoding, result, date_created, date_done)
VALUES (%s, %s, 'PENDING', 'application/json', 'utf-8', %s, now(), now())
ON CONFLICT (task_id) DO UPDATE SET result = excluded.result
WHERE django_celery_results_taskresult.status NOT IN ('SUCCESS', 'FAILURE')
"""
