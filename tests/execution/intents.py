"""Intents for tests."""

from typing import Any

from analysis.models import Intent
from analysis.services.intents.draft import Draft
from analysis.services.intents.fulfil import store_intent
from tests.evm_chain import ACCOUNTS

A, B = ACCOUNTS[0], ACCOUNTS[1]
ETHER = 10**18


def draft(**changes: Any) -> Draft:
    """One ether from the first account to the second."""
    return Draft(**{"sender": A.address, "recipient": B.address, "amount": ETHER} | changes)


def accepted(**changes: Any) -> Intent:
    """An intent that was found valid, stored."""
    intent, _ = store_intent(draft(**changes))
    Intent.objects.filter(pk=intent.pk).update(state=Intent.State.ACCEPTED)
    intent.refresh_from_db()
    return intent
