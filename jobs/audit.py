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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT number, digest FROM jobs_auditentry ORDER BY number DESC LIMIT 1")
        number, previous = cursor.fetchone() or (0, FIRST)
        digest = digest_of(number + 1, entry, previous)
        cursor.execute(
            "INSERT INTO jobs_auditentry (number, at, actor, action, target, detail, previous, digest) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                number + 1, entry["at"], entry["actor"], entry["action"], entry["target"],
                json.dumps(entry["detail"]), previous, digest,
            ],
        )  # fmt: skip


def digest_of(number: int, entry: dict[str, Any], previous: str) -> str:
    """The SHA-256 of an entry (at, actor, action, target, detail) as canonical JSON, and the digest before."""
    canonical = json.dumps({"number": number} | entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((canonical + previous).encode()).hexdigest()


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
