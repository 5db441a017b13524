"""A bundle as the worker's main process sees it."""

from typing import Any

from jobs.worker.celery_internals import Request


class BundleRequest(Request):
    """Tells the pool process whether somebody listens to Celery's events."""

    def __init__(self, message: Any, *args: Any, eventer: Any = None, **kwargs: Any) -> None:
        super().__init__(message, *args, eventer=eventer, **kwargs)
        self._request_dict["events"] = bool(eventer and eventer.enabled)
        self._request_dict["args"] = ()  # the pool process reads them from the message's body
