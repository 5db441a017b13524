"""RugCheck's reports: the sandbox's, told by the real adapter, against the chain."""

import httpx2
import pytest
from django.conf import LazySettings

from enrichment.providers.rugcheck import Flag, report_of
from jobs.errors import Permanent, RateLimited, Transient
from tests.enrichment.providers.conformance.server import Reply, scripted
from tests.outside import Outside


def mint_of(outside: Outside, symbol: str) -> str:
    """A sample coin's address."""
    rows = httpx2.get(f"{outside.url}/sandbox/tokens").json()
    return str(next(row["mint"] for row in rows if row["symbol"] == symbol))


@pytest.mark.parametrize(
    ("symbol", "flags", "rugged"),
    [
        ("KITE", set(), False),
        ("OTTR", {"Freeze Authority still enabled"}, False),
        ("NIMB", {"Mint Authority still enabled", "Freeze Authority still enabled"}, False),
        ("DUSK", {"Rugged"}, True),
    ],
)
def test_a_report_says_what_the_chain_says(
    outside: Outside, symbol: str, flags: set[str], rugged: bool
) -> None:
    report = report_of(mint_of(outside, symbol))
    assert report is not None
    told = {flag.name for flag in report.flags if "holder" not in flag.name and "Liquidity" not in flag.name}
    assert (told, report.rugged) == (flags, rugged)
    assert 0 <= report.score <= 100
    assert (report.score > 15) == bool(flags)


def test_shares_of_a_report_are_those_of_the_node(outside: Outside) -> None:
    mint = mint_of(outside, "DUSK")
    whole = httpx2.get(f"{outside.url}/rugcheck/v1/tokens/{mint}/report").json()
    supply = int(outside.rpc("getTokenSupply", mint)["value"]["amount"])
    largest = {
        row["address"]: int(row["amount"]) for row in outside.rpc("getTokenLargestAccounts", mint)["value"]
    }
    assert whole["token"]["supply"] == supply
    for holder in whole["topHolders"][:5]:
        assert holder["amount"] == largest[holder["address"]]
        assert holder["pct"] == pytest.approx(100 * largest[holder["address"]] / supply)
    summary = httpx2.get(f"{outside.url}/rugcheck/v1/tokens/{mint}/report/summary").json()
    assert summary == {name: whole[name] for name in summary}
    assert "topHolders" not in summary


def test_a_token_without_a_report_has_none(outside: Outside) -> None:
    assert report_of("1" * 44) is None


def test_faults_of_rugcheck_say_what_to_do(outside: Outside) -> None:
    mint = mint_of(outside, "KITE")
    with outside.faults(status_429=1, retry_after=9), pytest.raises(RateLimited) as caught:
        report_of(mint)
    assert caught.value.delay == 9.0
    with outside.faults(status_500=1), pytest.raises(Transient, match="RugCheck"):
        report_of(mint)


def test_an_answer_that_lacks_fields_is_read_all_the_same(settings: LazySettings) -> None:
    answer = b'{"score_normalised": 250, "risks": [{"name": "Odd", "level": "apocalyptic"}], "rugged": null}'
    with scripted() as provider:
        provider.reply, settings.RUGCHECK_URL = Reply(body=answer), provider.url
        report = report_of("x")
    assert report is not None
    assert (report.score, report.flags, report.rugged) == (100, (Flag("Odd", "", "info"),), False)


@pytest.mark.parametrize("status", [401, 403, 405])
def test_a_site_that_may_not_ask_is_told_so_instead_of_taking_it_for_no_report(
    settings: LazySettings, status: int
) -> None:
    with scripted() as provider:
        provider.reply, settings.RUGCHECK_URL = Reply(status), provider.url
        with pytest.raises(Permanent, match=f"RugCheck .* refused with {status}") as caught:
            report_of("x")
    assert ("settings" in str(caught.value)) == (status != 405)
