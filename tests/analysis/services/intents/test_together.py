"""Intents that come at the same time."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from analysis.models import Intent, Strategy
from analysis.services.intents.draft import Draft
from analysis.services.intents.facts import Facts
from analysis.services.intents.fulfil import decide, store_intent

TOGETHER = 8
ETHER = 10**18
A, B = "0x" + "1" * 40, "0x" + "2" * 40


def at_once(work: Callable[[], str]) -> list[str]:
    """What each of eight threads answers that begin at the same moment."""
    ready = Barrier(TOGETHER)

    def run(_: int) -> str:
        try:
            ready.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as threads:
        return list(threads.map(run, range(TOGETHER)))


def handed_in(strategy: str, amount: int, key: str | None = None) -> str:
    """One intent, stored and decided; its state."""
    draft = Draft(sender=A, recipient=B, amount=amount, strategy=strategy, request_key=key)
    intent, _ = store_intent(draft)
    facts = Facts(now=timezone.now(), chain_id=1, balance=1000 * ETHER, gas=21_000, gas_price=1)
    return decide(intent.uid, facts).state


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_is_accepted_whether_the_same_or_within_a_limit_for_one() -> None:
    Strategy.objects.create(name="own", checks=[{"check": "limits", "most_per_day": 10}])
    states = Counter(at_once(lambda: handed_in("standard", ETHER)))
    assert states == {"accepted": 1, "invalid": TOGETHER - 1}, "the others are its duplicates"
    told = Intent.objects.filter(state="invalid").values_list("reasons", flat=True)
    sentences = [reason["reason"] for (reason,) in told]
    assert all(re.match(r"The same was accepted \d+ s ago;", sentence) for sentence in sentences), sentences
    states = Counter(at_once(lambda: handed_in("own", 6 * ETHER)))
    assert states == {"accepted": 1, "invalid": TOGETHER - 1}
    same_key = at_once(lambda: handed_in("own", ETHER, "rent"))
    assert (set(same_key), Intent.objects.filter(request_key="rent").count()) == ({"accepted"}, 1)
