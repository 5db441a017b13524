"""How the sandbox's wallets trade."""

from typing import Any

import pytest
from celery.result import AsyncResult

from analysis.models import BehaviorReport
from analysis.tasks import analyze_behavior
from enrichment.tasks import sync_wallet
from jobs import Permanent, testing
from jobs.errors import ArgumentsRefused
from jobs.models import Job
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def analysed(outside: Outside, label: str, **wishes: Any) -> dict[str, Any]:
    """A wallet, synced and looked at."""
    address = outside.address(label)
    with testing.inline():
        sync_wallet.delay(address=address, fetch_all=True)
        job = analyze_behavior.delay(address=address, **wishes)
    return dict(AsyncResult(job.id).get(timeout=1))


@pytest.mark.parametrize(
    ("label", "style"),
    [
        ("Scalper 1", "scalper"),
        ("Swing 1", "swing trader"),
        ("Accumulator 1", "accumulator"),
        ("Market maker", "market maker"),
        ("Whale 1", "whale"),
        ("Empty wallet", "inactive"),
    ],
)
def test_a_wallet_goes_by_the_style_that_it_was_made_with(outside: Outside, label: str, style: str) -> None:
    result = analysed(outside, label)
    assert result["style"] == style, result
    stored = BehaviorReport.objects.get()
    assert (stored.style, stored.scope, stored.report["trades"]) == (style, "", result["trades"])


def test_the_trades_are_those_of_the_ledger(outside: Outside) -> None:
    result = analysed(outside, "Scalper 1")
    legs = sum(len(moment.meaning.legs) for moment in outside.ledger(outside.address("Scalper 1")))
    assert result["trades"] == legs > 100


def test_each_scope_has_a_report_of_its_own_and_only_one(outside: Outside) -> None:
    first = analysed(outside, "Swing 1")
    early = analysed(outside, "Swing 1", time_range="2026-01-01/2026-09-15")
    again = analysed(outside, "Swing 1", time_range="2026-01-01/2026-09-15")
    assert early["scope"] == again["scope"] != first["scope"] == ""
    assert early["trades"] < first["trades"]
    assert BehaviorReport.objects.count() == 2


def test_a_wallet_that_was_never_synced_is_told_so(outside: Outside) -> None:
    with testing.inline() as jobs:
        analyze_behavior.delay(address=outside.address("Swing 1"))
        jobs.assert_failed(analyze_behavior, error=Permanent)


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "x"), ("time_range", "soon"), ("exclude_mints", ["x"]), ("min_trading_volume", -1)],
)
def test_wrong_wishes_are_refused_by_field(outside: Outside, field: str, value: object) -> None:
    with pytest.raises(ArgumentsRefused) as refusal:
        analyze_behavior.delay(**{"address": outside.address("Swing 1"), field: value})
    assert [name.partition(".")[0] for name in refusal.value.fields] == [field]
    assert not Job.objects.exists()
