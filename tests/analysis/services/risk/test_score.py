"""Parts of a risk score, and how they come together: pure, as tables."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.services.risk.as_json import read, written
from analysis.services.risk.contract import contract_part
from analysis.services.risk.distribution import distribution_part
from analysis.services.risk.liquidity import LiquidityFacts, liquidity_part
from analysis.services.risk.parts import Input, Part, part
from analysis.services.risk.scale import along, along_magnitude
from analysis.services.risk.score import level_of, score_of
from analysis.services.risk.social import SocialFacts, social_part
from enrichment.providers.rugcheck import Flag, TokenReport
from enrichment.providers.solana.holders import Holder, Holders, MintFacts

KEY = "9D6Sev2h9BDb7ijfu5tSKi1WHfRHYz9duutcaEb5A9XE"


@pytest.mark.parametrize(
    ("figure", "points"), [(-5, 10), (0, 10), (5, 15), (10, 20), (15, 10), (20, 0), (99, 0)]
)
def test_a_scale_is_straight_between_its_points_and_level_beyond(figure: float, points: float) -> None:
    assert along(figure, [(0, 10), (10, 20), (20, 0)]) == points


def test_a_scale_by_magnitude_steps_tenfold() -> None:
    assert along_magnitude(10_000, [(1_000, 100), (100_000, 0)]) == pytest.approx(50)
    assert along_magnitude(0, [(1_000, 100), (100_000, 0)]) == 100


@pytest.mark.parametrize(
    ("liquidity", "volume", "cap", "points"),
    [
        ("0", "0", None, 100),
        ("1000", "500", None, 100),
        ("10000", "500", None, 75),
        ("100000", "5000", None, 40),
        ("100000", "0", None, 50),  # nobody trades
        ("100000", "5000", "10000000", 65),  # a hundredth of what it is said to be worth
        ("1000000", "50000", "5000000", 10),
        ("50000000", "5000000", "100000000", 0),
    ],
)
def test_liquidity_by_hand(liquidity: str, volume: str, cap: str | None, points: int) -> None:
    facts = LiquidityFacts(Decimal(liquidity), Decimal(volume), Decimal(cap) if cap else None)
    assert liquidity_part(facts).points == points


def test_liquidity_that_nobody_tells_does_not_count() -> None:
    assert liquidity_part(LiquidityFacts(None, Decimal(1), Decimal(1))).points is None


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (MintFacts(None, None, False, ()), 0),
        (MintFacts(KEY, None, False, ()), 50),
        (MintFacts(None, KEY, False, ()), 35),
        (MintFacts(KEY, KEY, False, ()), 85),
        (MintFacts(None, None, True, ()), 0),
        (MintFacts(None, None, True, ("metadataPointer", "transferFeeConfig")), 20),
        (MintFacts(KEY, KEY, True, ("permanentDelegate",)), 100),
    ],
)
def test_contract_by_hand(facts: MintFacts, points: int) -> None:
    assert contract_part(facts).points == points


def test_a_flag_is_told_in_words() -> None:
    told = contract_part(MintFacts(None, None, True, ("permanentDelegate",))).inputs
    assert Input("known flag", "anybody's coins can be moved or burnt by a delegate", is_bad=True) in told


@pytest.mark.parametrize(
    ("flags", "rugged", "points"),
    [
        ((), False, 50),
        (
            (Flag("Mint Authority still enabled", "", "danger"),),
            False,
            50,
        ),  # it is counted by the mint account
        ((Flag("Top 10 holders high ownership", "81%", "danger"),), False, 50),  # and this by the holders
        ((Flag("Mutable metadata", "", "warn"),), False, 60),
        ((Flag("Copycat token", "SOL", "danger"), Flag("Mutable metadata", "", "warn")), False, 90),
        ((Flag("Verified", "", "info"),), False, 50),
        ((Flag("Rugged", "", "danger"),), True, 100),
        ((Flag("Creator history of rugged tokens", "", "danger"),), False, 80),
        ((Flag("Rugged", "", "danger"),), False, 80),
    ],
)
def test_flags_of_rugcheck_add_points_unless_they_are_counted_elsewhere(
    flags: tuple[Flag, ...], rugged: bool, points: int
) -> None:
    found = contract_part(MintFacts(KEY, None, False, ()), TokenReport(70, flags, rugged))
    assert found.points == points
    assert Input("RugCheck", "70 of 100", is_bad=True) in found.inputs
    assert found.note == ""


def test_a_coin_that_rugcheck_does_not_know_is_judged_by_its_mint_alone() -> None:
    found = contract_part(MintFacts(KEY, None, False, ()))
    assert (found.points, found.note) == (50, "RugCheck has no report on it: by the mint account alone.")


def holders(*amounts: int, supply: int = 0, complete: bool = True) -> Holders:
    """Holders a, b, c, ... of these amounts."""
    listed = [Holder(chr(97 + place), amount, False) for place, amount in enumerate(amounts)]
    return Holders(supply or sum(amounts), tuple(listed), complete)


def test_one_who_holds_all_is_the_worst_distribution() -> None:
    found = distribution_part(holders(100), ())
    assert (found.points, found.inputs[0].value) == (100, "100.0%")
    assert (distribution_part(holders(99, 1), ()).points or 0) < 100


def test_many_who_hold_little_are_the_best() -> None:
    spread = distribution_part(holders(*[1] * 20, supply=10_000, complete=False), ())
    assert spread.points == 0
    assert spread.note == "Over the 20 largest holders that the node lists."


def test_pools_and_programs_are_set_apart() -> None:
    plain = Holders(
        100,
        (Holder("pool", 50, False), Holder("lock", 30, True), Holder("a", 10, False), Holder("b", 10, False)),
        True,
    )
    found = {one.name: one.value for one in distribution_part(plain, {"pool"}).inputs}
    assert found["largest holds"] == "50.0%"
    assert found["in pools and programs"] == "80.0%"
    assert found["Herfindahl-Hirschman index"] == "5,000 of 10,000"


def test_a_coin_that_only_pools_hold_has_no_distribution() -> None:
    assert distribution_part(Holders(50, (Holder("pool", 50, False),), True), {"pool"}).points is None


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (None, None),
        (SocialFacts(4, -1.0, 9.0), None),
        (SocialFacts(50, 0.4, 0.0), 15),
        (SocialFacts(50, 0.4, None), 15),
        (SocialFacts(50, 0.0, 1.0), 35),
        (SocialFacts(50, -0.6, 0.0), 80),
        (SocialFacts(50, 0.4, 6.0), 75),
        (SocialFacts(50, -0.9, 9.0), 100),
    ],
)
def test_social_by_hand(facts: SocialFacts | None, points: int | None) -> None:
    assert social_part(facts).points == points


def test_the_score_is_the_weighted_mean_of_what_is_known() -> None:
    parts = [Part("a", 30, 40), Part("b", 10, 20), Part("c", 60, None)]
    score = score_of(parts)
    assert score is not None
    assert (score.value, score.level, score.parts) == (35, "moderate", tuple(parts))


def test_one_very_bad_part_is_not_averaged_away() -> None:
    score = score_of([Part("a", 90, 0), Part("b", 10, 100)])
    assert score is not None
    assert (score.value, score.level) == (75, "high")


def test_without_any_known_part_there_is_no_score() -> None:
    assert score_of([Part("a", 1, None)]) is None
    assert score_of([]) is None


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=1, max_size=6))
def test_a_score_is_1_to_100_and_never_above_the_worst_part(parts: list[tuple[int, int]]) -> None:
    score = score_of([Part("x", weight, points) for weight, points in parts])
    assert score is not None
    assert 1 <= score.value <= max(1, *(points for _, points in parts))


@pytest.mark.parametrize(
    ("score", "level"),
    [(1, "low"), (25, "low"), (26, "moderate"), (50, "moderate"), (51, "high"), (76, "critical")],
)
def test_levels(score: int, level: str) -> None:
    assert level_of(score) == level


def test_parts_survive_being_stored() -> None:
    parts = (part("a", 3, 41.6, [Input("x", "1", is_bad=True)], "note"), Part("b", 1, None, (), "why"))
    assert read(written(parts)) == parts
    assert parts[0].points == 42
