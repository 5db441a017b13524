"""An intent on its way: stored and checked, then handed to execution by the task's name."""

from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import transaction

from analysis.models import Intent
from analysis.services.intents.draft import Draft
from analysis.services.intents.fulfil import store_intent
from jobs.queries.finding import jobs_of_correlation

EXECUTE = "execution.tasks.intents.execute_intent"  # execution is above: it is not imported


@dataclass(frozen=True)
class IntentStarted:
    """A new intent and the job that checks it; `created` is False when the request key was known."""

    intent: Intent
    job_id: str
    created: bool


@transaction.atomic
def start_intent(draft: Draft) -> IntentStarted:
    """Store an intent and enqueue its check, both or neither.

    Raises Refused for a strategy that is none, and for a request key of another intent.
    """
    from analysis.tasks.intents import fulfill_intent

    intent, created = store_intent(draft)
    jobs = [] if created else jobs_of_correlation(intent.correlation_id)
    if jobs:
        return IntentStarted(intent, jobs[0].uid, created=False)
    job = fulfill_intent.using(correlation_id=intent.correlation_id).enqueue(intent_id=intent.uid)
    return IntentStarted(intent, job.id, created)


def hand_over(intent_id: str) -> str:
    """Let execution do it, in the caller's transaction; the correlation id goes along. The job's id."""
    task: Any = current_app.tasks[EXECUTE]
    return str(task.enqueue(intent_id=intent_id).id)
