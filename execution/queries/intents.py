"""Intents with what became of them, for the API and the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.models import Intent
from enrichment.providers.evm.samples import sample_accounts
from execution.models import ChainTransaction, SignedTransaction, Wallet
from execution.services.intents.execute import subject_of
from execution.services.wallets.keys import environment_addresses
from jobs.errors import NotFound, Permanent
from jobs.models import Job
from jobs.queries.finding import jobs_of_correlation


@dataclass(frozen=True)
class Trail:
    """Everything about one intent: the jobs of both queues, its transaction, and its signed forms."""

    intent: Intent
    jobs: Sequence[Job]
    transaction: ChainTransaction | None
    forms: Sequence[SignedTransaction]


@dataclass(frozen=True)
class Sender:
    """An account that may act; `origin` says where its key is, `owner` who signs for a smart account."""

    address: str
    label: str
    kind: str
    origin: str
    owner: str = ""


def trail_of(uid: str) -> Trail:
    """One intent. NotFound when there is none."""
    rows = Intent.objects.select_related("strategy").filter(uid=uid)
    intent = rows.first() if uid.isprintable() else None  # PostgreSQL cannot even look for U+0000
    if intent is None:
        raise NotFound(f"There is no intent {uid}.")
    row = ChainTransaction.objects.filter(subject=subject_of(uid)).order_by("-id").first()
    forms = list(row.signed.order_by("number")) if row else []
    return Trail(intent, jobs_of_correlation(intent.correlation_id), row, forms)


def newest_intents(state: str = "", before: int | None = None, limit: int = 50) -> list[Intent]:
    """A page of intents, newest first; `before` is the key of the last one seen."""
    rows = Intent.objects.select_related("strategy").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    return list((rows.filter(id__lt=before) if before else rows)[:limit])


def senders() -> list[Sender]:
    """The accounts that may act: of rows, of the environment, and the local chain's samples."""
    found = [Sender(w.address, w.label, w.kind, "stored", w.owner) for w in Wallet.objects.order_by("id")]
    found += [Sender(address, "", "key", "environment") for address in _environment()]
    found += [Sender(a.address, a.label, "key", "sample") for a in sample_accounts()]
    return list({sender.address: sender for sender in reversed(found)}.values())[::-1]


def _environment() -> Sequence[str]:
    try:
        return environment_addresses()
    except Permanent:
        return ()  # the jobs that need one of these keys say what is wrong with it
