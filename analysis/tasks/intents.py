"""The job that decides on an intent."""

from dataclasses import dataclass

from celery import shared_task
from django.db import transaction

from analysis.flows.intents import hand_over
from analysis.services.intents.facts import ask_chain
from analysis.services.intents.fulfil import decide, intent_named
from enrichment.providers.evm.node import node
from jobs import Unique, progress


@dataclass(frozen=True)
class FulfilmentResult:
    """What was decided; `job_id` is execution's job for a valid intent."""

    intent_id: str
    state: str
    reasons: list[str]
    job_id: str


@shared_task(time_limit=60, stale_after=120, unique=Unique("intent_id"), subject="intent_id")
def fulfill_intent(*, intent_id: str) -> FulfilmentResult:
    """Run the strategy's checks. Invalid: the intent says why, and that is the end. Valid: execution goes on.

    The verdict and execution's job are one transaction, so that a valid intent is handed over once.
    """
    progress(0.1, "Asking the chain")
    facts = ask_chain(intent_named(intent_id), node())
    progress(0.6, "Checking")
    job_id = ""
    with transaction.atomic():
        verdict = decide(intent_id, facts)
        if verdict.handed_over:
            job_id = hand_over(intent_id)
    reasons = [reason["reason"] for reason in verdict.reasons]
    progress(1, " ".join(reasons) if reasons else "Valid: handed to execution")
    return FulfilmentResult(intent_id, verdict.state, reasons, job_id)
