"""Bringing a wallet in: whole, in parts, again, after a crash, twice at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import islice

import pytest
from django.conf import LazySettings
from django.db import connection

from analysis.services.wallet_pnl.history import read_history
from enrichment.models import SyncState, TokenTransfer, Trade, WalletTransaction
from enrichment.providers.solana.records import Page, Position, TransactionSource
from enrichment.providers.solana.sources import transaction_source
from enrichment.services.normaliser.normalise import normalise
from enrichment.services.wallets.compact import unpack
from enrichment.services.wallets.sync import WalletSyncResult, Wishes, sync
from jobs.errors import Snooze, Transient
from tests.outside import Outside, point_at
from tests.sandbox_server import ROOT, Server

WALLET = "Scalper 1"  # 313 transactions: four pages


def run(outside: Outside, label: str = WALLET, **wishes: int | bool) -> WalletSyncResult:
    """One sync."""
    return sync(outside.address(label), transaction_source(), Wishes(**wishes), lambda *_: None)  # type: ignore[arg-type]  # the names fit


def assert_whole(outside: Outside, label: str = WALLET) -> None:
    """The rows are exactly what the wallet meant to do, once each, in the chain's order."""
    address = outside.address(label)
    stored = read_history(address)
    assert stored.complete
    # Whether a coin came as income depends on whose wallets are whose, which no row knows.
    assert [_without_kinds(moment) for moment in stored.moments] == [
        _without_kinds(moment) for moment in outside.ledger(address)
    ]


def _without_kinds(moment: object) -> str:
    return repr(moment).replace("kind='income'", "kind='transfer'")


@pytest.mark.django_db
def test_a_whole_history_is_stored_as_it_was_meant(outside: Outside) -> None:
    result = run(outside, older=True)
    assert (result.status, result.new, result.transactions, result.complete) == ("synced", 313, 313, True)
    assert (result.trades, result.transfers) == (Trade.objects.count(), TokenTransfer.objects.count())
    assert_whole(outside)


@pytest.mark.django_db
def test_what_is_kept_of_a_transaction_is_enough_to_read_it_again(outside: Outside) -> None:
    run(outside, "Hopper 1", older=True)
    address = outside.address("Hopper 1")
    for row in WalletTransaction.objects.all():
        raw = unpack(row.raw)
        assert (raw.signature, raw.slot) == (row.signature, row.slot)
        assert len(normalise(raw, address).legs) == row.trades.count()


@pytest.mark.django_db
def test_a_second_sync_finds_that_all_is_current_and_adds_nothing(outside: Outside) -> None:
    first = run(outside, older=True)
    again = run(outside, older=True)
    assert (again.status, again.new, again.transactions) == ("already-current", 0, 313)
    assert again.last_synced_at > first.last_synced_at
    assert_whole(outside)


@pytest.mark.django_db
def test_a_limit_brings_the_newest_and_older_ones_follow_on_request(outside: Outside) -> None:
    first = run(outside, limit=50)
    assert (first.new, first.complete) == (50, False)
    ledger = [moment.signature for moment in outside.ledger(outside.address(WALLET))]
    stored = WalletTransaction.objects.order_by("place").values_list("signature", flat=True)
    assert list(stored) == ledger[-50:]
    more = run(outside, older=True, limit=100)
    assert more.transactions >= 150
    assert list(stored.all()) == ledger[-more.transactions :]
    assert run(outside, older=True).complete
    assert_whole(outside)


@pytest.mark.django_db
def test_a_refresh_reads_everything_again_and_doubles_nothing(outside: Outside) -> None:
    run(outside, older=True)
    before = set(WalletTransaction.objects.values_list("signature", flat=True))
    result = run(outside, older=True, refresh=True)
    assert (result.status, result.transactions, result.complete) == ("synced", 313, True)
    assert set(WalletTransaction.objects.values_list("signature", flat=True)) == before
    assert_whole(outside)


@pytest.mark.django_db
def test_an_unused_wallet_is_complete_and_current(outside: Outside) -> None:
    result = run(outside, "Empty wallet", older=True)
    assert (result.status, result.transactions, result.complete) == ("already-current", 0, True)


# -- news ------------------------------------------------------------------------------------------------


@pytest.fixture
def moving(start: Callable[..., AbstractContextManager[Server]], settings: LazySettings) -> Iterator[Outside]:
    """A sandbox of this test's own, whose chain may grow."""
    with start() as server:
        yield point_at(server.url, settings)


@pytest.mark.django_db
def test_news_are_added_on_top_even_when_their_sync_was_cut_off(moving: Outside) -> None:
    run(moving, "Empty wallet", older=True)
    address = moving.address("Empty wallet")
    sent = [moving.rpc("requestAirdrop", address, 1_000_000 + number) for number in range(3)]
    assert run(moving, "Empty wallet").new == 3
    sent += [moving.rpc("requestAirdrop", address, 2_000_000 + number) for number in range(5)]
    cut = run(moving, "Empty wallet", limit=2)
    assert cut.new >= 2
    sent += [moving.rpc("requestAirdrop", address, 3_000_000)]
    whole = run(moving, "Empty wallet")
    assert whole.complete
    assert SyncState.objects.get().walk is None
    stored = WalletTransaction.objects.order_by("place").values_list("signature", flat=True)
    assert sorted(stored) == sorted(sent)
    amounts = [int(moment.meaning.transfers[0].amount) for moment in read_history(address).moments]
    assert [amount // 1_000_000 for amount in amounts] == [1, 1, 1, 2, 2, 2, 2, 2, 3]


# -- crashes and crowds ------------------------------------------------------------------------------------


def child(outside: Outside, label: str, point: str, number: int = 0) -> subprocess.Popen[str]:
    """A process that syncs, against this test's database."""
    values = connection.settings_dict
    database = f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    if values["PASSWORD"]:
        database = database.replace(values["USER"], f"{values['USER']}:{values['PASSWORD']}", 1)
    module = "tests.enrichment.services.wallets.syncing"
    return subprocess.Popen(
        [sys.executable, "-m", module, outside.address(label), point, str(number)],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database,
            "SANDBOX_URL": outside.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.testing",
        },
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "kept"), [("page", 200), ("statement", 100)])
def test_a_sync_that_is_killed_keeps_its_whole_pages_and_the_next_one_goes_on(
    outside: Outside, point: str, kept: int
) -> None:
    killed = child(outside, WALLET, point, 2)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert WalletTransaction.objects.count() == kept
    state = SyncState.objects.get()
    lowest = WalletTransaction.objects.order_by("place").values_list("signature", flat=True)[0]
    assert state.bottom
    assert state.bottom["signature"] == lowest
    result = run(outside, older=True)
    assert (result.new, result.transactions, result.complete) == (313 - kept, 313, True)
    assert_whole(outside)


@pytest.mark.django_db(transaction=True)
def test_several_syncs_of_one_wallet_at_once_store_it_once(outside: Outside) -> None:
    crowd = [child(outside, WALLET, "never") for _ in range(3)]
    said = [process.communicate(timeout=90)[0] for process in crowd]
    assert [process.returncode for process in crowd] == [0, 0, 0]
    assert sum(int(text.split()[0]) for text in said) == 313
    assert WalletTransaction.objects.count() == 313
    stored = WalletTransaction.objects.values_list("signature", flat=True).distinct().count()
    assert stored == 313


# -- a source that fails now and then ---------------------------------------------------------------------


@dataclass
class Failing:
    """A source that breaks off after so many pages of each walk that has more."""

    source: TransactionSource
    pages_each: int
    name: str = "failing"

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        pages = iter(self.source.pages(address, before=before, until=until, size=size))
        yield from islice(pages, self.pages_each)
        if next(pages, None) is not None:
            raise Transient("broke off")


@pytest.mark.django_db
def test_a_sync_that_got_further_waits_instead_of_failing_however_often_its_source_does(
    outside: Outside,
) -> None:
    address, source = outside.address(WALLET), Failing(transaction_source(), 1)
    for further in (100, 200, 300):
        with pytest.raises(Snooze, match="broke off; 100 transactions further"):
            sync(address, source, Wishes(older=True), lambda *_: None)
        assert WalletTransaction.objects.count() >= further
    source.pages_each = 0
    with pytest.raises(Transient, match=r"^broke off$"):
        sync(address, source, Wishes(older=True), lambda *_: None)
    assert run(outside, older=True).complete
    assert_whole(outside)


@pytest.mark.django_db
def test_the_counts_of_a_sync_are_those_of_all_its_runs_and_of_no_other_job(outside: Outside) -> None:
    address, source, told = outside.address(WALLET), Failing(transaction_source(), 1), list[tuple[int, int]]()
    for _ in range(2):
        with pytest.raises(Snooze):
            sync(address, source, Wishes(older=True), lambda *one: told.append(one), "job-1")
    assert [new for _, new in told] == [100, 100, 200]
    whole = sync(address, transaction_source(), Wishes(older=True), lambda *_: None, "job-1")
    assert (whole.status, whole.new, whole.transactions) == ("synced", 313, 313)
    assert (whole.trades, whole.transfers) == (Trade.objects.count(), TokenTransfer.objects.count())
    again = sync(address, transaction_source(), Wishes(older=True), lambda *_: None, "job-1")
    assert (again.new, again.trades) == (313, whole.trades), "a run after the last page is of the same sync"
    other = sync(address, transaction_source(), Wishes(older=True), lambda *_: None, "job-2")
    assert (other.status, other.new, other.trades) == ("already-current", 0, 0)


@pytest.mark.django_db
def test_the_limit_of_a_sync_holds_over_all_its_runs(outside: Outside) -> None:
    address, source = outside.address(WALLET), Failing(transaction_source(), 1)
    with pytest.raises(Snooze):
        sync(address, source, Wishes(limit=150), lambda *_: None, "job-1")
    result = sync(address, transaction_source(), Wishes(limit=150), lambda *_: None, "job-1")
    assert 150 <= result.new < 250, "the first run's page counts, too"


@pytest.mark.django_db
def test_a_refresh_begins_anew_and_so_a_failure_counts(outside: Outside) -> None:
    source = Failing(transaction_source(), 1)
    with pytest.raises(Transient, match=r"^broke off$"):
        sync(outside.address(WALLET), source, Wishes(older=True, refresh=True), lambda *_: None)


@pytest.mark.django_db
def test_a_long_history_is_read_in_turns(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.services.wallets.sync._TURN", 0.0)
    turns = 1
    while not SyncState.objects.filter(complete=True).exists():
        with suppress(Snooze):
            run(outside, older=True)
        turns += 1
        assert turns < 10
    assert turns > 3
    assert_whole(outside)
