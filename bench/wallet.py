"""`python -m bench.wallet`: the history of a very large wallet, and the memory of the worker that brings it in.

The wallet is seeded into a chain of its own, which stays in .millrace/bench for the next run. Then a worker with
one process syncs it through the dispatcher, as in production, and its resident size is looked at ten times a
second. With --crash the worker is killed (SIGKILL) in the middle and another one takes over. Afterwards the rows
are held against the chain: each transaction once, in its order. The exit code says whether they are right.
"""

import argparse
import os
import random
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from bench.environments import ROOT
from bench.world import World, world

MOST = 300  # megabytes that a worker's process may take
ENDED = date(2026, 11, 1)  # the seeded history: what the wallet does comes after it, and before now
_COMMIT = 1_000  # transactions between two commits of the chain
_QUEUES = "wallet-operations"


def main(transactions: int, *, crash: bool, helius: bool, every: float) -> int:
    """Seed, sync, tell; 1 when a row is missing or double, or memory went beyond the bound."""
    state = ROOT / ".millrace" / "bench" / f"wallet-{transactions}"
    address, signatures = _seeded(state, transactions)
    print(f"{address} has {len(signatures):,} transactions", flush=True)
    os.environ["JOBS_LEASE"] = "5"  # seconds until a killed worker's job is somebody else's
    with world(state) as running:
        if helius:
            os.environ |= {"HELIUS_API_KEY": "bench", "HELIUS_URL": f"{running.sandbox_url}/helius"}
        running.dispatcher()
        running.worker("wallets", _QUEUES, 1)
        _sync(str(_unused()))
        before = _resident(running)
        peak, seconds = _watched(running, address, len(signatures) * 0.4 if crash else None, every)
        wrong = _wrong(address, signatures)
    print(f"resident before {before:.0f} MB, peak {peak:.0f} MB (+{peak - before:.0f}); {seconds:.0f} s, "
          f"{len(signatures) / seconds:,.0f} transactions/s")  # fmt: skip
    print("\n".join(wrong) or "every transaction is there once, in the order of the chain")
    return int(bool(wrong) or peak > MOST)


def _seeded(state: Path, transactions: int) -> tuple[str, list[str]]:
    """The wallet's address and the signatures of its transactions, oldest first."""
    from sandbox.solana.chain import open_chain
    from sandbox.solana.pools import SOL, WRAPPED_SOL
    from sandbox.solana.seeding.trader import Trader
    from sandbox.solana.seeding.world import World as SeededWorld

    chain = open_chain(state, anchor=ENDED)
    node, clock = chain.node, chain.node.clock
    seeding = SeededWorld(node, chain.directory, clock.start, clock.tip)
    seeding.time = clock.tip
    trader = Trader(seeding, "bench")
    owner, chance = str(trader.address), random.Random(transactions)
    pools = [pool for pool in chain.directory.pools.values() if pool.quote in (SOL, WRAPPED_SOL)]
    count = node.history.count_of(owner)
    while count < transactions:
        seeding.time += chance.randint(5, 25)
        if trader.holds(SOL) < 10**9:
            trader.deposit(1_000)
        elif trader.holds((pool := chance.choice(pools)).base) and chance.random() < 0.5:
            trader.sell(pool)
        else:
            trader.buy_sol(pool, chance.uniform(0.01, 0.2))
        if node.history.count % _COMMIT == 0:
            node.commit()
            count = node.history.count_of(owner)
            print(f"{count:,} transactions seeded", flush=True)
    node.commit()
    records = node.history.of_address(owner, 10**9, ascending=True)
    found = [record.signature for record in records]
    chain.close()
    return owner, found


def _unused() -> Any:
    from solders.keypair import Keypair

    return Keypair().pubkey()


def _sync(address: str) -> Any:
    """Sync a wallet by a job, and wait for it."""
    return _start(address).get(timeout=120)


def _start(address: str) -> Any:
    from enrichment.tasks import sync_wallet

    return sync_wallet.delay(address=address, fetch_all=True)


def _resident(running: World) -> float:
    """Megabytes of the worker's one pool process; 0 while there is none."""
    try:
        children = psutil.Process(running.processes["wallets"].pid).children()
        return max((child.memory_info().rss / 1e6 for child in children), default=0.0)
    except psutil.NoSuchProcess:
        return 0.0


def _watched(running: World, address: str, kill_at: float | None, every: float) -> tuple[float, float]:
    """The largest size seen, and the seconds, until the job has ended."""
    from enrichment.models import WalletTransaction

    job, began, told, peak = _start(address), time.monotonic(), 0.0, 0.0
    rows = WalletTransaction.objects.filter(wallet__address=address)
    while not job.ready():
        time.sleep(0.1)
        size = _resident(running)
        peak = max(peak, size)
        if time.monotonic() - told > every:
            told, stored = time.monotonic(), rows.count()
            print(f"{stored:,} stored, {size:.0f} MB", flush=True)
            if kill_at is not None and stored >= kill_at:
                running.kill("wallets")
                print("killed", flush=True)
                running.worker("wallets", _QUEUES, 1)
                kill_at = None
    print(job.get(timeout=10))
    return peak, time.monotonic() - began


def _wrong(address: str, signatures: list[str]) -> list[str]:
    from enrichment.models import Trade, WalletTransaction

    rows = WalletTransaction.objects.filter(wallet__address=address).order_by("place")
    stored = list(rows.values_list("signature", flat=True))
    trades = Trade.objects.filter(transaction__wallet__address=address)
    double = trades.count() - trades.values("transaction", "position").distinct().count()
    wrong = [] if stored == signatures else [f"{len(stored):,} stored, in another order or not all"]
    wrong += [f"{double:,} trades are there twice"] if double else []
    again = _sync(address)
    return wrong if again["new"] == 0 else [*wrong, f"a second sync brought {again['new']:,} more"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.wallet", description=__doc__.splitlines()[0])
    parser.add_argument("--transactions", type=int, default=50_000, help="size of the wallet (%(default)s)")
    parser.add_argument("--crash", action="store_true", help="kill the worker at two fifths")
    parser.add_argument("--helius", action="store_true", help="ask Helius' method instead of a plain node")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two lines (%(default)s)")
    given = parser.parse_args()
    sys.exit(main(given.transactions, crash=given.crash, helius=given.helius, every=given.every))
