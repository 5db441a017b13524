"""A sync of many accounts: which job does which part, and how the parts ended.

Outcomes are noted on the parts, because finished jobs are not kept for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.models import BulkSyncPart, ExchangeAccount
from jobs.models import DeadLetter, Job

_TOLD = 20  # failures that the result names
_GONE = "no record of its job is left"


@dataclass(frozen=True)
class PartFailed:
    """An account that was not synced, and why."""

    account: str
    reason: str


@dataclass(frozen=True)
class BulkResult:
    """How the parts ended; `failures` names the first of those that failed."""

    accounts: int
    succeeded: int
    failed: int
    failures: tuple[PartFailed, ...]

    @property
    def ended(self) -> int:
        """How many are done with, one way or the other."""
        return self.succeeded + self.failed


def accounts_to_sync(uids: Sequence[str] | None) -> list[ExchangeAccount]:
    """The accounts that are named, or all whose keys were not refused; those that are gone are left out."""
    rows = ExchangeAccount.objects.order_by("id")
    return list(rows.filter(reason="") if uids is None else rows.filter(uid__in=list(uids)))


def has_parts(bulk: str) -> bool:
    """Whether the parts were started."""
    return BulkSyncPart.objects.filter(bulk=bulk).exists()


def store_parts(bulk: str, jobs: Mapping[str, str]) -> None:
    """Remember which job does which account's part."""
    parts = [BulkSyncPart(bulk=bulk, account=account, job=job) for account, job in jobs.items()]
    BulkSyncPart.objects.bulk_create(parts, ignore_conflicts=True)


def look(bulk: str) -> BulkResult:
    """Note the parts that ended since the last look, and count all."""
    waiting = list(BulkSyncPart.objects.filter(bulk=bulk, outcome=""))
    jobs = [part.job for part in waiting]
    states = dict(Job.objects.filter(uid__in=jobs).values_list("uid", "state"))
    errors = dict(DeadLetter.objects.filter(job_uid__in=jobs).values_list("job_uid", "error"))
    ended = [part for part in waiting if _note(part, states.get(part.job), errors.get(part.job, ""))]
    BulkSyncPart.objects.bulk_update(ended, ["outcome", "reason"])
    return _counted(bulk)


def forget_parts(bulk: str) -> None:
    """The result says it all now."""
    BulkSyncPart.objects.filter(bulk=bulk).delete()


def _note(part: BulkSyncPart, state: str | None, error: str) -> bool:
    """Write down how a part ended; whether it did."""
    if state is None:
        state, error = "failed", _GONE
    if state not in {"completed", "failed", "cancelled"}:
        return False
    part.outcome, part.reason = state, "" if state == "completed" else (error or state)[:300]
    return True


def _counted(bulk: str) -> BulkResult:
    parts = BulkSyncPart.objects.filter(bulk=bulk)
    failed = parts.exclude(outcome__in=["", "completed"]).order_by("id")
    return BulkResult(
        accounts=parts.count(),
        succeeded=parts.filter(outcome="completed").count(),
        failed=failed.count(),
        failures=tuple(PartFailed(part.account, part.reason) for part in failed[:_TOLD]),
    )
