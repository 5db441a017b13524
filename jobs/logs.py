"""Log lines that say whose they are: job, queue, run, correlation id and trace on each line that a run writes.

`LOG_FORMAT` is `text` or `json`; `LOG_LEVEL` the least that is written. The same in every process: Celery
leaves the set-up to us.
"""

import logging
import logging.config
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from celery import current_task
from celery.signals import setup_logging, worker_process_shutdown

from jobs import tracing

if TYPE_CHECKING:
    from jobs.worker.context import Run

Event = MutableMapping[str, Any]


def whose(run: "Run") -> dict[str, Any]:
    """The fields of a line about this run: `extra` where it is not the one that the thread is working on."""
    fields = {
        "job_id": run.lease.uid,
        "queue": run.lease.queue,
        "task": run.task.name,
        "attempt": run.tally.attempt,
        "correlation_id": run.correlation_id,
    }
    return fields | ({"trace_id": run.trace_id} if run.trace_id else {})


def _name_celerys(event: Event) -> None:
    """Celery's own lines about a task carry what they know of it in one field."""
    from jobs.worker.messages import BUNDLE_TASK

    told = event.get("data")
    if not str(event.get("logger", "")).startswith("celery.") or not isinstance(told, Mapping):
        return
    del event["data"]
    if told.get("id") and told.get("name") != BUNDLE_TASK:
        event.update({"job_id": told["id"], "task": told.get("name")} | _ended_here(told["id"]))


def _ended_here(uid: str) -> dict[str, Any]:
    """The fields of the run that this thread's message asked for: Celery tells an error behind its end."""
    from jobs.worker.messages import HEADER, Passport
    from jobs.worker.task import open_run

    request = current_task.request if current_task else None
    if request is None or request.id != uid or not request.get(HEADER):
        return {}
    run = open_run(current_task, uid, Passport.of(request.get(HEADER)))
    run.trace_id = tracing.named_in(request) if tracing.on else ""
    return whose(run)


def say_whose(_logger: Any, _method: str, event: Event) -> Event:
    """Add the running job, and the trace, if there are any, to a line that does not say it itself."""
    from jobs.worker import context

    _name_celerys(event)
    if "job_id" in event:
        return event
    run = context.current()
    if run is not None:
        event.update(whose(run))
    if "trace_id" not in event and (trace := tracing.trace_id()):
        event["trace_id"] = trace
    return event


def logging_config(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: one handler, to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"millrace": {"()": "jobs.logs.formatter", "form": form}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "millrace"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Celery tells each success in a line of its own; ours says more.
        "loggers": {"celery.app.trace": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
    }


def formatter(form: str) -> logging.Formatter:
    """Lines as JSON objects, or for people."""
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        say_whose,
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    else:
        plain = structlog.dev.plain_traceback
        last.append(
            structlog.dev.ConsoleRenderer(
                colors=False, pad_event_to=0, pad_level=False, exception_formatter=plain
            )
        )
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)


def configure(config: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG: once in a process. Celery lets Django set itself up again, and handlers that
    somebody added meanwhile stay."""
    if not _is_ours():
        logging.config.dictConfig(dict(config))
    if _is_ours():
        _write_once()


def _is_ours() -> bool:
    from structlog.stdlib import ProcessorFormatter

    return any(isinstance(one.formatter, ProcessorFormatter) for one in logging.getLogger().handlers)


def _write_once() -> None:
    """Django's own defaults, which come before any LOGGING, write its lines as bare text too while DEBUG is on;
    uvicorn writes its own as bare text alone."""
    django = logging.getLogger("django")
    django.handlers[:] = [handler for handler in django.handlers if handler.name != "console"]
    for logger in map(logging.getLogger, ("uvicorn", "uvicorn.access")):
        if logger.handlers:  # none: it is not to write
            logger.handlers.clear()
            logger.propagate = True


@setup_logging.connect
def _as_configured(loglevel: int | str | None = None, **_: Any) -> None:
    """Celery's commands: our handlers stay, `-l` sets the level."""
    from django.conf import settings

    configure(settings.LOGGING or logging_config("text", "INFO"))  # a project may have no LOGGING of its own
    if loglevel:
        logging.getLogger().setLevel(loglevel)


@worker_process_shutdown.connect
def _send_spans(**_: Any) -> None:
    """A pool process ends without its exit handlers."""
    tracing.flush()
