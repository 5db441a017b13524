"""From a call to a row: everything is checked first, then written in the caller's own transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.db import transaction

from jobs import celery_json
from jobs.arguments import encode, signature_of
from jobs.async_callers import off_the_loop
from jobs.configuration import PAYLOAD_LIMIT, priority_rules, queue_book
from jobs.dedup import DedupKeys, dedup_keys, dedup_to_plain, refuse_delay
from jobs.errors import ArgumentsRefused, OptionRefused, PayloadTooLarge
from jobs.flows import ALL, Policy
from jobs.ids import new_id
from jobs.limits import NO_KEY
from jobs.payloads import VERSION, brought_up, stored_version, version_of
from jobs.presence import is_watched
from jobs.priority import Priority, parse_priority
from jobs.priority_rules import Case, choose
from jobs.queues import Queue
from jobs.retry import from_plain, to_plain
from jobs.secret_fields import blinded, opened, sealed
from jobs.states import State
from jobs.store import dedup
from jobs.store.dependencies import add_dependencies
from jobs.store.insert import Enqueued, NewJob, insert_many, insert_one
from jobs.wake import wake

_YEARS = 10 * 365 * 86_400
_CANVAS = (
    "link", "link_error", "chain", "chord", "group_id", "group_index", "root_id", "parent_id", "shadow",
    "reply_to", "headers", "replaced_task_nesting", "stamped_headers", "argsrepr", "kwargsrepr", "origin",
)  # fmt: skip
_KEPT = ("time_limit", "soft_time_limit", "stale_after", "ignore_result", "periodic_task_name", "unique_key")


def prepare(
    task: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    check: bool = True,
) -> NewJob:
    """A call as a row to be. Raises a `Refused` error that names what is wrong; nothing is stored.

    Arguments of an older version (`payload_version` in the options) are brought up first. Without `check` they are
    stored as they are, and meet no other job: what does not fit then fails in the worker, as a dead letter.
    """
    _refuse_shapes(task, args, kwargs)
    current = _brought_up(task, kwargs, options) if check else kwargs
    checked_args, checked_kwargs = opened(task, args, current)
    if check:
        checked_args, checked_kwargs = _checked(task, checked_args, checked_kwargs)
    encoded_args, encoded_kwargs = _encoded(*sealed(task, checked_args, checked_kwargs))
    keys = dedup_keys(task, *blinded(task, checked_args, checked_kwargs), options) if check else DedupKeys()
    queue = _queue(task, options)
    limit_key = _limit_key(queue, task, checked_args, checked_kwargs)
    uid = _uid(options)
    delay, run_at = _start(options)
    expires_in, expires_at = _moment("expires", options.get("expires"))
    if delay is not None or run_at is not None:
        refuse_delay(keys.dedup)
    return NewJob(
        uid=uid,
        queue=queue.part_for(uid if limit_key == NO_KEY else limit_key).name,
        task=task.name,
        args=encoded_args,
        kwargs=encoded_kwargs,
        options=_kept_options(task, options, version_of(task) if check else stored_version(options)),
        canvas=_canvas(options),
        priority=_priority(task, checked_args, checked_kwargs, options),
        state=State.WAITING if delay is None and run_at is None else State.DELAYED,
        max_attempts=options.get("max_attempts"),
        delay=delay,
        run_at=run_at,
        expires_in=expires_in,
        expires_at=expires_at,
        unique_key=keys.unique,
        idempotency_key=keys.idempotency,
        idempotent_for=keys.idempotent_for,
        dedup=keys.dedup,
        correlation_id=_identifier("correlation_id", options.get("correlation_id") or ""),
        limit_key=limit_key,
        subject=_subject(task, checked_args, checked_kwargs),
        tags=_tags(options.get("tags") or ()),
    )


@off_the_loop
def enqueue(job: NewJob, depends_on: Sequence[str] = (), policy: Policy = ALL) -> Enqueued:
    """Write one job; the dispatcher is told after the commit.

    A job that depends on others is `blocked` until they ended as its policy asks. A job that is
    `idempotent_for` a while may be answered with one that completed within it.
    """
    if depends_on or _needs_care(job):
        with transaction.atomic():
            answer = dedup.write(job)
            _depend(answer, depends_on, policy)
    else:
        answer = insert_one(job)
    if answer.created or answer.replaced:
        transaction.on_commit(partial(wake, [job.queue]), robust=True)
    return answer


@off_the_loop
def enqueue_all(
    jobs: Sequence[NewJob], depends_on: Sequence[str] = (), policy: Policy = ALL
) -> list[Enqueued]:
    """Write many jobs, all or none; the dispatcher is told after the commit.

    Those that meet others by more than their id or key are written one by one, in the order of their
    keys: two callers with the same ones never wait for each other.
    """
    careful = sorted(
        (place for place, job in enumerate(jobs) if _needs_care(job)), key=lambda n: jobs[n].unique_key or ""
    )
    plain = sorted(set(range(len(jobs))) - set(careful))
    with transaction.atomic():
        answers = {place: dedup.write(jobs[place]) for place in careful}
        for part in _parts(plain, 2000):
            answers |= zip(part, insert_many([jobs[place] for place in part]), strict=True)
        for answer in answers.values():
            _depend(answer, depends_on, policy)
        transaction.on_commit(partial(wake, sorted({job.queue for job in jobs})), robust=True)
    return [answers[place] for place in range(len(jobs))]


def _needs_care(job: NewJob) -> bool:
    return job.dedup is not None or job.idempotent_for is not None


def _depend(answer: Enqueued, depends_on: Sequence[str], policy: Policy) -> None:
    if depends_on and (answer.created or answer.replaced):
        add_dependencies(answer.uid, depends_on, policy)


def _parts(places: Sequence[int], size: int) -> list[Sequence[int]]:
    return [places[start : start + size] for start in range(0, len(places), size)]


def _encoded(args: Any, kwargs: Any) -> tuple[str, str]:
    encoded = encode("args", args, PAYLOAD_LIMIT), encode("data", kwargs, PAYLOAD_LIMIT)
    size = sum(map(len, encoded))
    if size > PAYLOAD_LIMIT:
        raise PayloadTooLarge(size, PAYLOAD_LIMIT)
    return encoded


def _queue(task: Any, options: Mapping[str, Any]) -> Queue:
    if options.get("queue"):
        return queue_book().get(_queue_name(options))
    return queue_book().of_task(options.get("route_name") or task.name)


def _refuse_shapes(task: Any, args: Any, kwargs: Any) -> None:
    """A text would be taken for a list of letters."""
    faults = {} if isinstance(args, (list, tuple)) else {"args": f"must be a list or tuple, got {args!r:.50}"}
    if not isinstance(kwargs, Mapping):
        faults["kwargs"] = f"must be a mapping, got {kwargs!r:.50}"
    if faults:
        raise ArgumentsRefused(task.name.rpartition(".")[2], faults)


def _brought_up(task: Any, kwargs: Mapping[str, Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    if VERSION not in options:
        return kwargs
    version = options[VERSION]
    if not isinstance(version, int) or version < 1:
        raise OptionRefused(VERSION, f"must be a version from 1 on, got {version!r:.50}")
    try:
        return brought_up(task, kwargs, version)
    except Exception as error:
        problem = f"arguments of version {version} cannot be brought up: {type(error).__name__}: {error}"
        raise ArgumentsRefused(task.name.rpartition(".")[2], {"data": problem}) from error


def _checked(
    task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    if not task.typing:  # Celery's own switch: the author wants no checks
        return list(args), dict(kwargs)
    return signature_of(task).check(args, kwargs)


def _queue_name(options: Mapping[str, Any]) -> str:
    queue = options["queue"]
    return str(getattr(queue, "name", queue))  # Celery accepts kombu.Queue objects too


def _uid(options: Mapping[str, Any]) -> str:
    return _identifier("task_id", options.get("task_id") or new_id())


def _identifier(option: str, value: Any) -> str:
    text = str(value)
    if len(text) > 255 or not text.isprintable():  # half a surrogate pair is not printable either
        raise OptionRefused(option, "must have at most 255 characters, all of them printable")
    return text


def _start(options: Mapping[str, Any]) -> tuple[float | None, datetime | None]:
    countdown, eta = options.get("countdown"), options.get("eta")
    if countdown is not None and eta is not None:
        raise OptionRefused("eta", "may not be given together with countdown")
    if isinstance(countdown, (str, datetime)):
        raise OptionRefused(
            "countdown", f"must be a number of seconds, got {countdown!r}; a moment is an eta"
        )
    if eta is not None and not isinstance(eta, (str, datetime)):
        raise OptionRefused("eta", f"must be a moment, got {eta!r} (see countdown)")
    delay, _ = _moment("countdown", countdown)
    _, run_at = _moment("eta", eta)
    return (delay or None), run_at


def _moment(option: str, value: Any) -> tuple[float | None, datetime | None]:
    """A number or timedelta as seconds from now, a datetime or ISO 8601 text as a moment."""
    if value is None:
        return None, None
    if isinstance(value, str):
        value = _parsed(option, value)
    if isinstance(value, datetime):
        return None, value if value.tzinfo else value.replace(tzinfo=UTC)
    seconds = value.total_seconds() if isinstance(value, timedelta) else _number(option, value)
    if not 0 <= seconds <= _YEARS:
        raise OptionRefused(option, f"must be between 0 seconds and ten years, got {seconds:g}")
    return seconds, None


def _number(option: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OptionRefused(option, f"must be a number of seconds, got {value!r}")
    return float(value)


def _parsed(option: str, value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise OptionRefused(option, f"{value!r} is no ISO 8601 time") from None


def _priority(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]) -> int:
    """The one that was given; else by the rules, from the task's own."""
    given = options.get("priority")
    value = given if given is not None else task.priority if task.priority is not None else Priority.NORMAL
    try:
        level = parse_priority(value)
    except ValueError as error:
        raise OptionRefused("priority", str(error)) from None
    return level if given is not None else _ruled(task, level, args, kwargs, options)


def _ruled(
    task: Any, default: int, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]
) -> int:
    rules = priority_rules().get(task.name.rpartition(".")[2], ())
    tags = _tags(options.get("tags") or ())
    subject = _subject(task, args, kwargs)
    watched = bool(subject) and is_watched(subject)
    if not rules and not tags and not watched:
        return default
    return choose(rules, default, Case(_named(task, args, kwargs), tags, watched))


def _kept_options(task: Any, options: Mapping[str, Any], version: int) -> str:
    kept = {name: options[name] for name in _KEPT if options.get(name) is not None}
    for name in ("time_limit", "soft_time_limit", "stale_after"):
        if name in kept and not _number(name, kept[name]) > 0:
            raise OptionRefused(name, "must be greater than 0 seconds")
    hard, soft = kept.get("time_limit", task.time_limit), kept.get("soft_time_limit", task.soft_time_limit)
    if hard and soft and soft > hard:
        raise OptionRefused("soft_time_limit", f"must not exceed the time limit of {hard:g} seconds")
    if options.get("strategy") is not None:
        kept["strategy"] = _strategy(options["strategy"])
    if options.get("max_attempts") is not None:
        kept["max_attempts"] = _attempts(options["max_attempts"])
    if version > 1:
        kept[VERSION] = version
    if options.get("unique") is not None:
        kept["unique"] = dedup_to_plain(options["unique"])  # for a dead letter whose job was pruned
    return celery_json.dumps(kept)


def _strategy(value: Any) -> dict[str, Any]:
    plain = to_plain(value)
    if plain is None:
        raise OptionRefused("strategy", "must be Exponential, Linear or Fixed; a job's row keeps no code")
    try:
        from_plain(plain)
    except ValueError as error:
        raise OptionRefused("strategy", str(error)) from None
    return plain


def _attempts(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise OptionRefused("max_attempts", "must be a whole number from 1 to 1000")
    return value


def _canvas(options: Mapping[str, Any]) -> str | None:
    given = {name: options.get(name) for name in _CANVAS}
    canvas = {name: value for name, value in given.items() if value or value == 0}  # a group_index may be 0
    for name in options.get("stamped_headers") or ():
        canvas[name] = options.get(name)
    headers = canvas.get("headers", {})
    if not isinstance(headers, Mapping):
        raise OptionRefused("headers", "must be names with their values")
    if canvas.keys() == {"headers"} and headers.keys() == {"traceparent"}:
        return _of_trace(str(headers["traceparent"]))
    return encode("canvas", canvas, PAYLOAD_LIMIT) if canvas else None


@lru_cache(maxsize=1)
def _of_trace(traceparent: str) -> str:
    """The canvas of a job that has a trace and no more; the jobs of one call share it."""
    return encode("canvas", {"headers": {"traceparent": traceparent}}, PAYLOAD_LIMIT)


def _named(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict(zip(signature_of(task).positional, args, strict=False)), **kwargs}


def _limit_key(queue: Queue, task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """What the queue's limits per key count the job by: never empty when there may be such limits."""
    if queue.key is None:
        return ""
    value = _named(task, args, kwargs).get(queue.key)
    return (NO_KEY if value is None else str(value)[:100]) or NO_KEY


def _subject(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    return str(_named(task, args, kwargs).get(task.subject) or "")[:255] if task.subject else ""


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(tags, (list, tuple, set, frozenset)):
        raise OptionRefused("tags", f"must be a list, got {tags!r}")
    for tag in tags:
        if not isinstance(tag, str) or not _is_word(tag) or len(tag) > 50:
            raise OptionRefused("tags", f"{tag!r}: letters, digits, '-', '_', '.' and ':', at most 50")
    return tuple(dict.fromkeys(tags))


def _is_word(tag: str) -> bool:
    return bool(tag) and all(letter.isalnum() or letter in "-_.:" for letter in tag)
