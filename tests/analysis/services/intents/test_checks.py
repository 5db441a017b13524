"""Each check as a table: what it is content with, and in which words it is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analysis.models import Intent
from analysis.services.intents.checks import CHECKS, ether
from analysis.services.intents.facts import Facts
from analysis.services.intents.strategies import BUILT_IN, reasons_against

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ETH, GWEI = 10**18, 10**9
A, B, T = ("0x" + digit * 40 for digit in "123")
FACTS = Facts(now=NOW, chain_id=31337, balance=2 * ETH, gas=21_000, gas_price=2 * GWEI)
WISH: dict[str, Any] = {"kind": "transfer", "sender": A, "recipient": B, "amount": ETH}


def intent(**changes: Any) -> Intent:
    """One ether from A to B, not stored."""
    return Intent(**WISH | changes)


@pytest.mark.parametrize(
    ("check", "wish", "facts", "parameters", "reason"),
    [
        ("structure", {}, {}, {}, None),
        ("structure", {"recipient": "0x" + "0" * 40}, {}, {}, "zero address"),
        ("structure", {"amount": 0}, {}, {}, "A transfer of nothing."),
        ("structure", {"amount": 0, "kind": "call"}, {}, {}, None),
        ("structure", {"recipient": A}, {}, {}, "the same account"),
        ("expiry", {"expires_at": NOW + timedelta(seconds=1)}, {}, {}, None),
        ("expiry", {"expires_at": NOW}, {}, {}, "Expired at 2026-11-25 12:00:00 UTC."),
        ("chain", {}, {}, {}, None),
        ("chain", {"chain_id": 1}, {}, {}, "Chain 1 is not supported: the node is on chain 31337."),
        ("chain", {}, {}, {"allowed": [1]}, "does not serve chain 31337"),
        ("token", {"token": T}, {}, {}, "no contract at"),
        ("token", {"token": T}, {"token_is_contract": True}, {}, None),
        ("token", {"token": T}, {"token_is_contract": True}, {"allowed": [A]}, "does not serve the token"),
        ("balance", {"amount": 2 * ETH - 42_000 * GWEI}, {}, {}, None),
        ("balance", {"amount": 2 * ETH}, {}, {}, "Needs 2.000042 ETH with the fee; the sender has 2."),
        ("balance", {"amount": 2 * ETH}, {"sender_is_contract": True}, {}, None),
        ("balance", {"token": T, "amount": 5}, {"token_is_contract": True, "token_balance": 4}, {}, "Needs 5 base"),
        ("price", {"max_gas_price": 2 * GWEI}, {}, {}, None),
        ("price", {"max_gas_price": 2 * GWEI - 1}, {}, {}, "Gas costs 2 gwei, the bound is 1.999999999 gwei."),
        ("price", {}, {}, {"most_gwei": 1.5}, "the bound is 1.5 gwei"),
        ("duplicate", {}, {"earlier": (timedelta(seconds=60),)}, {}, None),
        ("duplicate", {}, {"earlier": (timedelta(seconds=59),)}, {}, "accepted 59 s ago"),
        ("limits", {}, {}, {"most_per_intent": 1}, None),
        ("limits", {}, {}, {"most_per_intent": "0.5"}, "1 ETH is more than the 0.5"),
        ("limits", {}, {"spent": ETH}, {"most_per_day": 1.5}, "With 1 ETH in the last 24 hours"),
        ("outcome", {}, {"refusal": "execution reverted: no"}, {}, "execution reverted: no"),
    ],
)  # fmt: skip
def test_each_check(
    check: str, wish: dict[str, Any], facts: dict[str, Any], parameters: dict[str, Any], reason: str | None
) -> None:
    told = CHECKS[check](intent(**wish), Facts(**vars(FACTS) | facts), parameters)
    assert told is None if reason is None else told and reason in told


def test_a_pipeline_gives_every_reason_and_stops_at_nonsense() -> None:
    steps = BUILT_IN["careful"]["checks"]
    poor = Facts(**vars(FACTS) | {"balance": 0, "gas_price": 51 * GWEI})
    found = reasons_against(intent(amount=11 * ETH), poor, steps)
    assert [reason["check"] for reason in found] == ["balance", "price", "limits"]
    assert [r["check"] for r in reasons_against(intent(amount=0), poor, steps)] == ["structure"]


@pytest.mark.parametrize(("wei", "text"), [(0, "0"), (1, "0.000000000000000001"), (15 * 10**17, "1.5")])
def test_amounts_are_exact(wei: int, text: str) -> None:
    assert ether(wei) == text


def test_every_strategy_that_ships_names_checks_that_exist() -> None:
    named = {step["check"] for values in BUILT_IN.values() for step in values["checks"]}
    assert named <= set(CHECKS)
