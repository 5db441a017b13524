"""The seeded world: the same for the same seed, and with everything in it that readers must cope with."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from spl.token.constants import TOKEN_2022_PROGRAM_ID

from sandbox.solana.chain import Chain
from sandbox.solana.clock import ChainClock
from sandbox.solana.node import Node
from sandbox.solana.rendering import version_of
from sandbox.solana.seeding.run import seed_chain
from sandbox.solana.seeding.wallets import samples
from sandbox.solana.seeding.world import Directory
from sandbox.solana.store import Store
from tests.sandbox.calls import wallet
from tests.sandbox.conftest import ROOT

START, LENGTH = 1_790_000_000, 2 * 86_400


def digest(folder: Path, seed: int) -> str:
    """A fingerprint of everything in a chain that was seeded for two days."""
    store = Store(folder)
    node = Node(store, ChainClock(seed, START, lambda: START))
    seed_chain(node, Directory(seed), START, START + LENGTH)
    found = hashlib.sha256()
    for table in ("accounts", "transactions", "mentions", "ledger", "genesis"):
        for row in store.sql.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):
            found.update(repr(row).encode())
    store.close()
    return found.hexdigest()


def digest_elsewhere(folder: Path, seed: int, hash_seed: str) -> str:
    """The same, computed by another process with another order of sets."""
    code = (
        "import sys, pathlib; from tests.sandbox.test_seeding import digest;"
        "print(digest(pathlib.Path(sys.argv[1]), int(sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(folder), str(seed)]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "DJANGO_SETTINGS_MODULE": "config.settings.testing",
    }
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_the_same_seed_makes_the_same_chain_in_another_process(tmp_path: Path) -> None:
    assert digest_elsewhere(tmp_path / "a", 5, "1") == digest_elsewhere(tmp_path / "b", 5, "2")


def test_another_seed_makes_another_chain(tmp_path: Path) -> None:
    assert digest(tmp_path / "a", 5) != digest(tmp_path / "b", 6)


def test_about_forty_wallets_trade_and_one_is_empty(chain: Chain) -> None:
    counts = {sample.name: chain.node.history.count_of(wallet(chain, sample.name)) for sample in samples()}
    assert len(counts) == 44
    assert [name for name, count in counts.items() if count == 0] == ["empty"]
    assert counts["market-maker"] >= 1_500


def test_the_system_wallet_holds_hundreds_of_tokens(chain: Chain) -> None:
    address = chain.directory.key("wallet/system").pubkey()
    assert len(chain.node.book.tokens_of(address)) > 300


def test_all_block_times_lie_in_the_six_weeks_before_the_anchor_in_order(chain: Chain) -> None:
    times = [record.block_time for record in chain.node.history.all()]
    assert times == sorted(times)
    anchor = 1_793_491_200  # 2026-11-01 UTC
    assert times[0] >= anchor - 42 * 86_400
    assert times[-1] < anchor


def test_there_are_failed_and_version_0_transactions_and_priority_fees(chain: Chain) -> None:
    records = list(chain.node.history.all())
    failed = [record for record in records if record.effects.error is not None]
    assert len(failed) > 50
    reasons = {str(record.effects.error["InstructionError"][1]) for record in failed}
    assert reasons == {"{'Custom': 1}"}  # insufficient funds
    assert sum(version_of(record) == 0 for record in records) > 50
    assert any(record.effects.fee % 5_000 == 0 and record.effects.fee > 15_000 for record in records)


@pytest.mark.parametrize(
    ("symbol", "minting", "freezing"),
    [("PEBL", False, False), ("MOTH", True, False), ("OTTR", False, True), ("NIMB", True, True)],
)
def test_some_coins_can_still_be_minted_or_frozen(
    chain: Chain, symbol: str, minting: bool, freezing: bool
) -> None:
    mint = chain.node.book.mint(chain.directory.assets[symbol].mint)
    assert mint is not None
    assert (mint.mint_authority is not None, mint.freeze_authority is not None) == (minting, freezing)


def test_one_coin_is_a_token_2022_coin(chain: Chain) -> None:
    mint = chain.node.book.mint(chain.directory.assets["FERN"].mint)
    assert mint is not None
    assert mint.program == TOKEN_2022_PROGRAM_ID


def test_coins_differ_in_how_concentrated_their_holders_are(chain: Chain) -> None:
    def share_of_largest_silent_holder(symbol: str) -> float:
        asset = chain.directory.assets[symbol]
        mint = chain.node.book.mint(asset.mint)
        holder = chain.node.book.token(asset.vault_of(chain.directory.key(f"holder/{symbol}/0").pubkey()))
        assert mint is not None
        assert holder is not None
        return holder.amount / mint.supply

    assert share_of_largest_silent_holder("DUSK") > 0.4
    assert share_of_largest_silent_holder("LUMN") < 0.05
