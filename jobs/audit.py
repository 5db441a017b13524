"""The audit trail: who did what to what, append-only, each entry chained to the one before by its hash.

`acting` says who acts, once, where a request or a command comes in; `record` is called in the transaction
of the act, as its last step. Writers take turns until they commit, so that the chain has no forks.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from jobs.models import AuditEntry

FIRST = "0" * 64  # what the first entry is chained to
NOBODY = "code"  # acts outside of any request or command
_LOCK = 0x4D49_4C4C  # of PostgreSQL's advisory locks: one writer at a time

_actor: ContextVar[str | Callable[[], str]] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(actor: str | Callable[[], str]) -> Iterator[None]:
    """Whatever is recorded inside was done by `actor`: a name, or a function that knows it by then."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> str:
    """Who acts in this context."""
    actor = _actor.get()
    return actor if isinstance(actor, str) else actor()


def record(action: str, target: str, actor: str | None = None, **detail: Any) -> None:
    """Append an entry, in the caller's transaction: `record("cancel", f"job {uid}", reason=reason)`."""
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": (actor or current_actor())[:255],
        "action": action,
        "target": target[:300],
        "detail": json.loads(
            json.dumps(detail, default=str), parse_float=str
        ),  # jsonb may write 1e20 otherwise
    }
    before, after = _around_number(entry)
    values = entry | {"detail": json.dumps(entry["detail"])}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_APPEND, values | {"before": before, "after": after, "first": FIRST, "lock": _LOCK})


def digest_of(number: int, entry: dict[str, Any], previous: str) -> str:
    """The SHA-256 of an entry (at, actor, action, target, detail) as canonical JSON, and the digest before."""
    before, after = _around_number(entry)
    return hashlib.sha256(f"{before}{number}{after}{previous}".encode()).hexdigest()


def _around_number(entry: dict[str, Any]) -> tuple[str, str]:
    """Canonical JSON of an entry, its keys in their order, before and after its number."""
    first = {name: value for name, value in entry.items() if name < "number"}
    rest = {name: value for name, value in entry.items() if name > "number"}
    return f'{_canonical(first)[:-1]},"number":', f",{_canonical(rest)[1:]}"


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


# Two statements on one way, the second with a look of its own at the table: between the lock and the commit the
# others wait for nothing but this. The digest is that of `digest_of`.
_APPEND = """
SELECT pg_advisory_xact_lock(%(lock)s);
INSERT INTO jobs_auditentry (number, at, actor, action, target, detail, previous, digest)
SELECT number, %(at)s, %(actor)s, %(action)s, %(target)s, %(detail)s, previous,
    encode(sha256(convert_to(%(before)s || number || %(after)s || previous, 'UTF8')), 'hex')
FROM (
    SELECT coalesce(max(number), 0) + 1 AS number, coalesce(max(digest), %(first)s) AS previous
    FROM (SELECT number, digest FROM jobs_auditentry ORDER BY number DESC LIMIT 1) AS last
) AS next
"""


def first_broken() -> tuple[int | None, int, str]:
    """(number of the first entry that is not as it was written or does not follow the one before, or None;
    how many entries hold before it; the digest of the last of those).

    Entries cut off at the end leave no trace in the chain: compare the last digest with one noted before.
    """
    count, previous = 0, FIRST
    for row in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        entry = {
            "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": row.actor,
            "action": row.action,
            "target": row.target,
            "detail": row.detail,
        }
        follows = row.number == count + 1 and row.previous == previous
        if not follows or row.digest != digest_of(row.number, entry, previous):
            return row.number, count, previous
        count, previous = count + 1, row.digest
    return None, count, previous
