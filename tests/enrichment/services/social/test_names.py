"""Which coins a text speaks of."""

import pytest

from enrichment.services.social.names import CoinNames, Tagger

TAGGER = Tagger(
    [
        CoinNames("pebl-mint", "PEBL", "Pebble"),
        CoinNames("kite-mint", "KITE", "Kite Protocol"),
        CoinNames("ab", "AB", "It"),
        CoinNames("fake-1", "DUPE"),
        CoinNames("fake-2", "DUPE"),
    ]
)


@pytest.mark.parametrize(
    ("text", "coins"),
    [
        ("$PEBL", ["pebl-mint"]),
        ("I like $pebl.", ["pebl-mint"]),
        ("PEBL/SOL", ["pebl-mint"]),
        ("pebl", []),
        ("PEBLE $PEBLE XPEBL", []),
        ("Pebble", ["pebl-mint"]),
        ("a pebble on the beach", []),
        ("Pebbles", []),
        ("kite protocol", ["kite-mint"]),
        ("Kite", []),
        ("KITE and $PEBL", ["kite-mint", "pebl-mint"]),
        ("AB", []),
        ("$AB", ["ab"]),
        ("It is", []),
        ("DUPE", ["fake-1", "fake-2"]),
        ("", []),
    ],
)
def test_coins_in_texts(text: str, coins: list[str]) -> None:
    assert TAGGER.coins_in(text) == coins


def test_no_coins_are_found_by_nobody() -> None:
    assert Tagger([]).coins_in("$PEBL Pebble") == []
