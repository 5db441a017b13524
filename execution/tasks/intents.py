"""The job that brings an intent onto the chain."""

from typing import Any

from celery import shared_task

from enrichment.providers.evm.errors import NodeRefused
from enrichment.providers.evm.node import node
from execution.services.intents.execute import ExecutionResult, execute, note_progress
from execution.services.sending.send import NonceUsed
from jobs import Snooze, Transient, Unique, progress

AT_ONCE = 0.0


@shared_task(bind=True, time_limit=300, stale_after=600, unique=Unique("intent_id"), subject="intent_id")
def execute_intent(self: Any, *, intent_id: str) -> ExecutionResult:
    """Sign, send and confirm. Run again after a crash or an error, it goes on where it was: one nonce, the
    same bytes, never a second transaction.

    Without money it is tried again with growing delays. After a network error it is tried again at once, and
    with growing delays when that fails, too. A transaction that can never succeed fails for good.
    """

    def tell(confirmations: int, wanted: int) -> None:
        note_progress(intent_id)
        progress(0.4 + 0.5 * confirmations / wanted, f"{confirmations} of {wanted} confirmations")

    progress(0.1, "Signing and sending")
    try:
        result = execute(intent_id, node(), tell)
    except NonceUsed as error:
        raise Snooze(0.1, str(error)) from error
    except NodeRefused:
        raise
    except Transient as error:
        if self.request.retries:
            raise
        raise self.retry(exc=error, countdown=AT_ONCE) from error
    progress(1, f"Confirmed in block {result.block}")
    return result
