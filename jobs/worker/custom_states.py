"""States that job code gives itself with Celery's `self.update_state`: they travel and are kept with the progress."""

import json
from collections.abc import Mapping
from typing import Any

from celery import states
from celery.exceptions import Ignore

from jobs import celery_json
from jobs.retry import GiveUp
from jobs.worker import outcomes
from jobs.worker.context import Run

_STATE, _META = "celeryState", "celeryMeta"


def told(state: str | None, meta: Any) -> Any:
    """The detail of a progress event. A mapping stays one, so that pages find what they know in it."""
    if state is None or state in states.READY_STATES:
        return meta
    return {**meta, _STATE: state} if isinstance(meta, Mapping) else {_META: meta, _STATE: state}


def read(detail: Any) -> tuple[str, Any] | None:
    """State and meta out of a detail that `told` made; None for any other."""
    if not isinstance(detail, Mapping) or _STATE not in detail:
        return None
    meta = {name: value for name, value in detail.items() if name != _STATE}
    return str(detail[_STATE]), meta.get(_META, meta)


def ignored(run: Run, error: Ignore) -> bool:
    """The end of a run that raised Ignore: as its code said before, or well and with no result."""
    state, meta = run.said or (None, None)
    if run.replacement is not None or state not in {states.FAILURE, states.SUCCESS}:
        return outcomes.ignored(run)
    if state == states.SUCCESS:
        return outcomes.completed(run, outcomes.encode_result(meta))
    failure = meta if isinstance(meta, Mapping) and "exc_type" in meta else _failure(meta)
    text = celery_json.dumps(failure)
    said = RuntimeError("; ".join(map(str, failure.get("exc_message") or ())) or str(error))
    return outcomes.failed(run, said, GiveUp(retryable=True, reason="its code said that it failed"), "", text)


def _failure(meta: Any) -> dict[str, Any]:
    message = meta if isinstance(meta, str) else json.dumps(meta, default=str)
    return {"exc_type": "Exception", "exc_message": [message], "exc_module": "builtins"}
