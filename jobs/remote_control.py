"""Celery's remote control, with a durable `revoke`."""

from collections.abc import Iterable
from typing import Any

from celery.app.control import Control

from jobs.errors import IllegalMove, NotFound
from jobs.store.moves import cancel


class DurableControl(Control):
    """`app.control`: revoking a job cancels it in its row, wherever it is."""

    def revoke(
        self,
        task_id: str | Iterable[str],
        destination: Any = None,
        terminate: bool = False,
        signal: Any = "SIGTERM",
        **options: Any,
    ) -> Any:
        """Cancel jobs. A run is interrupted and killed only with `terminate`; which signal is our business.

        What has ended already stays as it is. Ids that are none of our jobs go to Celery's own revoke.
        """
        ids = [task_id] if isinstance(task_id, str) else list(task_id)
        foreign = [uid for uid in ids if not _cancelled(uid, interrupt=terminate)]
        return super().revoke(foreign, destination, terminate, signal, **options) if foreign else None


def _cancelled(uid: str, *, interrupt: bool) -> bool:
    try:
        cancel(uid, "revoked", interrupt=interrupt)
    except IllegalMove:
        return True
    except NotFound:
        return False
    return True
