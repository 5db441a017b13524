"""Which jobs are the same: the keys of a call, and how it deals with a job that has the same key."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs import celery_json
from jobs.arguments import signature_of
from jobs.errors import OptionRefused
from jobs.options import Debounce, Dedup, KeepLast, Throttle, Unique

_MODES: dict[str, type[Any]] = {
    "unique": Unique,
    "throttle": Throttle,
    "debounce": Debounce,
    "keep_last": KeepLast,
}


@dataclass(frozen=True)
class DedupKeys:
    """Digests of a call. `dedup` is None when a live job with the same unique key is simply met."""

    unique: str | None = None
    idempotency: str | None = None
    idempotent_for: float | None = None
    dedup: Dedup | None = None


def dedup_keys(
    task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]
) -> DedupKeys:
    """The keys of a call with stored arguments. OptionRefused for a mode or a field that there is not.

    A task that is only `idempotent_for` a while is not unique, but shares a live run with its equals: two
    that start together would compute the same twice.
    """
    mode = _mode(task, options.get("unique") or task.unique)
    own_key = options.get("unique_key")
    if mode is None and own_key is None and not task.idempotent_for:
        return DedupKeys()
    whole = payload_digest(task, args, kwargs, ())
    fresh = kwargs.get("force_refresh") or options.get("fresh")
    idempotent = bool(task.idempotent_for)
    return DedupKeys(
        unique=_digest([task.name, own_key]) if own_key else _of_mode(task, args, kwargs, mode, whole),
        idempotency=whole if idempotent else None,
        idempotent_for=float(task.idempotent_for) if idempotent and not fresh else None,
        dedup=None if isinstance(mode, Unique) else mode,
    )


def refuse_delay(dedup: Dedup | None) -> None:
    """A debounced call has its delay already."""
    if isinstance(dedup, Debounce):
        raise OptionRefused("countdown", "may not be given to a debounced job; its delay is the mode's")


def payload_digest(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], fields: Sequence[str]) -> str:
    """The digest of the chosen payload fields, or of the whole payload.

    An argument that only repeats its parameter's default counts as not given.
    """
    named = signature_of(task).spelled_out(args, kwargs)
    chosen = {field: named[field] for field in fields if field in named} if fields else named
    return _digest([task.name, chosen])


def dedup_to_plain(mode: Dedup) -> dict[str, Any]:
    """A mode as JSON values."""
    name = next(name for name, kind in _MODES.items() if isinstance(mode, kind))
    return {"mode": name} | {field: value for field, value in asdict(mode).items() if value is not None}


def dedup_from_plain(plain: Mapping[str, Any]) -> Dedup:
    """The mode that `dedup_to_plain` wrote."""
    values = {name: value for name, value in plain.items() if name not in {"mode", "fields"}}
    first = [values.pop(name) for name in ("period", "delay") if name in values]
    mode: Dedup = _MODES[plain["mode"]](*first, *plain["fields"], **values)
    return mode


def _mode(task: Any, mode: Any) -> Dedup | None:
    if mode is None:
        return None
    if not isinstance(mode, Dedup):
        kinds = ", ".join(f"{kind.__name__}(...)" for kind in _MODES.values())
        raise OptionRefused("unique", f"must be one of {kinds}; got {mode!r}")
    known = signature_of(task)
    strange = [field for field in mode.fields if field not in {*known.positional, *known.keyword}]
    if strange and not known.more_kwargs:
        raise OptionRefused("unique", f"the task has no parameter {strange[0]!r}")
    return mode


def _of_mode(
    task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], mode: Dedup | None, whole: str
) -> str:
    return payload_digest(task, args, kwargs, mode.fields) if mode and mode.fields else whole


def _digest(value: Any) -> str:
    canonical = celery_json.dumps(value, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
