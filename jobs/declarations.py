"""What is wrong with what the project declares: queues, routes, task options, worker lines. All at once.

Nothing here needs the database or Redis: it reads code and the Procfile.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jobs.aliases import alias_faults, alias_table
from jobs.breaker import Breaker
from jobs.options import unknown_options
from jobs.queues import QueueBook
from jobs.supervisor.procfile import parse

# Options that Celery reads from a task although its class does not declare them: retries
# (celery.app.autoretry) and routing (celery.app.task.extract_exec_options).
_UNDECLARED = {
    "autoretry_for", "dont_autoretry_for", "retry_kwargs", "retry_backoff", "retry_backoff_max",
    "retry_jitter", "queue", "routing_key", "exchange", "delivery_mode", "compression", "immediate",
    "mandatory",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One sentence about what is wrong. `code` names its kind; not `serious`: it may be meant."""

    code: str
    sentence: str
    serious: bool = True


def find_faults(
    book: QueueBook, tasks: Mapping[str, Any], procfile: str | None, dependencies: Mapping[str, Breaker]
) -> list[Fault]:
    """Every fault. `procfile` is the text of the Procfile, None where workers are started otherwise."""
    found = [Fault("E001", sentence) for sentence in book.faults()]
    found += [Fault("E002", sentence) for task in tasks.values() for sentence in _unknown_options(task)]
    found += [Fault("E003", sentence) for task in tasks.values() for sentence in _crossed_limits(task)]
    found += [Fault("E003", sentence) for sentence in _rated_in_partitions(book, tasks)]
    found += [Fault("E005", sentence) for sentence in _unregistered(book, tasks)]
    found += [Fault("E006", sentence) for sentence in _unknown_dependencies(dependencies, tasks)]
    found += [Fault("E006", sentence) for sentence in alias_faults(tasks)]
    if procfile is not None:
        consumed = _consumed(procfile, book.default)
        found += [Fault("E004", sentence) for sentence in _undeclared(book, consumed)]
        found += [Fault("W001", s, serious=False) for s in _unconsumed(book, tasks, consumed)]
    return found


def _unregistered(book: QueueBook, tasks: Mapping[str, Any]) -> Iterator[str]:
    for queue in book.declared:
        for name in queue.tasks:
            pattern = name.endswith("*")
            if name in tasks or (pattern and any(task.startswith(name[:-1]) for task in tasks)):
                continue
            now = alias_table(tasks).get(name)
            hint = f"; that is {now!r} now" if now else "" if pattern else _did_you_mean(name, tasks)
            yield f"queue {queue.name!r} names the task {name!r}, but no such task is registered{hint}"


def _unknown_options(task: Any) -> Iterator[str]:
    """A class that somebody wrote may have what attributes it likes; only `@shared_task(...)` is checked."""
    if not getattr(task, "_decorated", False):
        return iter(())
    inherited = {name for base in type(task).__mro__[1:] for name in vars(base)}
    configured = {name for name, _setting in task.from_config}
    return unknown_options(task, sorted(inherited | configured | _UNDECLARED))


def _unknown_dependencies(dependencies: Mapping[str, Breaker], tasks: Mapping[str, Any]) -> Iterator[str]:
    for name, breaker in dependencies.items():
        for fault in breaker.faults():
            yield f"dependency {name!r}: {fault}"
    for task in tasks.values():
        for name in getattr(task, "relies_on", ()):
            if name not in dependencies:
                yield (
                    f"task {task.name!r} relies on {name!r}, which JOBS_DEPENDENCIES does not declare"
                    f"{_did_you_mean(name, dependencies)}"
                )


def _crossed_limits(task: Any) -> Iterator[str]:
    for shorter, longer in (("soft_time_limit", "time_limit"), ("time_limit", "stale_after")):
        low, high = getattr(task, shorter), getattr(task, longer)
        if low and high and low > high:
            yield f"task {task.name!r}: {shorter} ({low:g} s) is longer than {longer} ({high:g} s)"


def _rated_in_partitions(book: QueueBook, tasks: Mapping[str, Any]) -> Iterator[str]:
    if book.default not in book:
        return
    for name, task in tasks.items():
        queue = book.of_task(name)
        if queue.partitions > 1 and getattr(task, "rate_limit", None):
            yield f"task {name!r}: its rate_limit cannot hold over the partitions of {queue.name!r}; limit per key"


def _consumed(procfile: str, default: str) -> dict[str, str]:
    """Each queue that a worker line consumes, with the line's name."""
    lines, _ = parse(procfile, defaultdict(str))
    workers = [line for line in lines if {"celery", "worker"} <= set(line.words)]
    return {queue: line.name for line in workers for queue in _queues_of(line.words, default)}


def _queues_of(words: Iterable[str], default: str) -> list[str]:
    named: list[str] = []
    before = ""
    for word in words:
        option, _, value = word.partition("=")
        if before in {"-Q", "--queues"}:
            named += word.split(",")
        elif option == "--queues" and value:
            named += value.split(",")
        before = word
    return named or [default]


def _undeclared(book: QueueBook, consumed: Mapping[str, str]) -> Iterator[str]:
    for queue, line in consumed.items():
        if queue not in book:
            hint = _did_you_mean(queue, book.names)
            yield f"the Procfile's {line!r} consumes the queue {queue!r}, which is not declared{hint}"


def _unconsumed(book: QueueBook, tasks: Mapping[str, Any], consumed: Mapping[str, str]) -> Iterator[str]:
    used: dict[str, str] = {}
    for task in tasks:
        if book.default in book:
            used.setdefault(book.of_task(task).name, task)
    for queue, task in used.items():
        if queue not in consumed:
            yield f"queue {queue!r} (of {task!r}) is consumed by no worker line of the Procfile"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
