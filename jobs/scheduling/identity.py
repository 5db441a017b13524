"""The id of a tick's job: made of the schedule and the moment, so that a tick can have one job only."""

import uuid
from datetime import UTC, datetime

_NAMESPACE = uuid.UUID("6f0f4f0e-9c5b-5a52-9a4e-1a0d52f4a1c3")


def tick_id(schedule: str, due: datetime) -> str:
    """The id of the job that a schedule enqueues for the tick due at `due`."""
    return str(uuid.uuid5(_NAMESPACE, f"{schedule}@{due.astimezone(UTC).isoformat()}"))
