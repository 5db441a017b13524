"""Runs of intents in the test's own process, whole or up to a step."""

import pytest
from django.test import override_settings

from analysis.models import Intent
from enrichment.providers.evm.node import node
from execution.models import SignedTransaction
from execution.services.intents.execute import ExecutionResult, execute
from tests.execution import stops


def go(intent: Intent) -> ExecutionResult:
    """Execute, with nobody listening."""
    return execute(intent.uid, node(), lambda *_: None)


def stop(intent: Intent, step: str) -> SignedTransaction:
    """The run stops right after a step; its newest signed form, if there is one by then."""
    with override_settings(EVM_STEP_HOOK="tests.execution.stops.raise_once"):
        stops.ARMED[step] = 1
        with pytest.raises(stops.Stopped):
            go(intent)
    forms = SignedTransaction.objects.filter(transaction__subject=f"intent:{intent.uid}")
    return forms.last() or SignedTransaction()
