"""One suite for the three sources, over every sample wallet, against what the wallets meant to do."""

from itertools import islice

import pytest

from enrichment.providers.solana.records import Position
from enrichment.services.normaliser.normalise import normalise
from tests.enrichment.providers.solana.sources import MAKERS, everything, source_at
from tests.outside import Outside

PAIR = ("Pair, first wallet", "Pair, second wallet")
every_source = pytest.mark.parametrize("name", list(MAKERS))


@every_source
def test_every_sample_wallet_comes_out_as_its_ledger_says_to_the_last_unit(
    outside: Outside, name: str
) -> None:
    wallets, source = outside.wallets(), source_at(outside.url, name)
    own = {wallets[label] for label in PAIR}
    for label, address in wallets.items():
        found = everything(source, address)
        read = {one.signature: normalise(one, address, own - {address}) for one in found}
        meant = {moment.signature: moment.meaning for moment in outside.ledger(address)}
        assert read == meant, label
        assert len(found) == len(read), f"{label}: a transaction came twice"
        places = {signature: place for place, signature in enumerate(reversed(list(meant)))}
        assert [one.signature for one in found] == sorted(places, key=lambda one: places[one]), label


@every_source
def test_a_walk_goes_on_from_any_page_s_end_with_any_source(outside: Outside, name: str) -> None:
    address = outside.address("Sniper 1")
    whole = [one.signature for one in everything(source_at(outside.url, "plain RPC"), address)]
    for first in MAKERS:
        pages = source_at(outside.url, first).pages(address, before=None, until=None, size=25)
        begun = list(islice(pages, 2))
        rest = everything(source_at(outside.url, name), address, before=begun[-1].end)
        joined = dict.fromkeys(one.signature for page in begun for one in page.transactions)
        joined |= dict.fromkeys(one.signature for one in rest)
        assert list(joined) == whole, first


@every_source
def test_a_walk_stops_at_the_transaction_that_is_known(outside: Outside, name: str) -> None:
    address, source = outside.address("Sniper 1"), source_at(outside.url, name)
    whole = everything(source, address)
    known = whole[40]
    news = everything(source, address, until=Position(known.slot, known.signature))
    assert [one.signature for one in news if one.slot > known.slot] == [one.signature for one in whole[:40]]
    assert all(one.slot >= known.slot for one in news)


@every_source
def test_pages_are_about_as_large_as_asked_for(outside: Outside, name: str) -> None:
    pages = source_at(outside.url, name).pages(outside.address("Scalper 1"), before=None, until=None, size=10)
    sizes = [len(page.transactions) for page in pages]
    assert len(sizes) > 20
    assert max(sizes) < 15


@every_source
def test_a_wallet_without_history_has_no_pages(outside: Outside, name: str) -> None:
    assert everything(source_at(outside.url, name), outside.address("Empty wallet")) == []
