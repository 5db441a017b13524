"""`python -m bench.faults`: the product's jobs against an outside world that fails, and what became of each.

Everything runs as in production: dispatcher, workers, services, and the sandbox with faults. Once all jobs have
ended the faults are switched off and what was stored is held against the sandbox's own records. The exit code
says whether a job is in the dead letters or a row is wrong. The queues keep their limits, so this takes minutes.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.world import World, world

FAULTS = "429=0.1,500=0.05,timeout=0.05,latency=50ms"
WORKERS = {
    "wallets": ("wallet-operations,enrichment-operations", 3),
    "analysis": ("analysis-operations,similarity-operations,risk-assessment", 3),
    "markets": ("price-updates,social-scraping,index-market-news,orders,exchange-prices,balances", 3),
}


def main(faults: str, wallets: int, coins: int, longest: float) -> int:
    """Run it; 1 when something is not as it should be."""
    with world() as running:
        accounts = _accounts(running)
        _switch(running, faults)
        began = time.monotonic()
        _enqueue(running, wallets, coins, accounts)
        running.dispatcher()
        for name, (queues, slots) in WORKERS.items():
            running.worker(name, queues, slots)
        ended = _wait(longest)
        seconds = time.monotonic() - began
        _switch(running, "")
        print(f"\nfaults {faults}; {seconds:.0f} s{'' if ended else ', NOT all ended'}\n{_table()}")
        wrong = list(_wrong(running, accounts))
        print(
            "\n".join([*wrong, f"{len(wrong)} differences between what is stored and what the sandbox has"])
        )
        return int(bool(wrong) or not ended or _dead() > 0)


def _switch(running: World, faults: str) -> None:
    import httpx2

    pairs = dict(part.split("=", 1) for part in faults.split(",") if part)
    httpx2.put(f"{running.sandbox_url}/sandbox/faults", json=pairs).raise_for_status()


def _accounts(running: World) -> list[Any]:
    """The sandbox's exchange accounts, added for a user."""
    from django.contrib.auth.models import User

    from enrichment.providers.exchanges.samples import fetch_sample_accounts
    from enrichment.services.exchanges.accounts import NewAccount, add_account

    user = User.objects.create_user("bench")
    return [
        add_account(user, NewAccount(one.exchange, one.label, one.keys)) for one in fetch_sample_accounts()
    ]


def _enqueue(running: World, wallets: int, coins: int, accounts: list[Any]) -> None:
    """One of everything that the product does with outsiders, for so many wallets and coins."""
    from analysis.flows.wallets import analyse_wallet, compare_wallets
    from analysis.tasks import assess_coin_risk
    from enrichment.flows import sync_account, sync_accounts
    from enrichment.models import Coin
    from enrichment.providers.prices.samples import fetch_sample_coins
    from enrichment.providers.solana.samples import fetch_sample_wallets
    from enrichment.services.coins.following import follow_samples
    from enrichment.tasks import index_market_news, scrape_social_data, update_coin_price

    addresses = [one.address for one in fetch_sample_wallets()]
    for address in addresses[:wallets]:
        analyse_wallet(address)
    compare_wallets(addresses[-8:])
    follow_samples(fetch_sample_coins())
    for coin in Coin.objects.order_by("id")[:coins]:
        update_coin_price.enqueue(coin=coin.slug)
        assess_coin_risk.enqueue(coin=coin.slug)
        scrape_social_data.enqueue(coin=coin.mint)
    index_market_news.enqueue()
    for account in accounts:
        sync_account(account)
    sync_accounts(accounts)


def _wait(longest: float) -> bool:
    """Until no job is left to run, or so many seconds are over; whether all ended."""
    from jobs.models import Job
    from jobs.states import TERMINAL

    until = time.monotonic() + longest
    told = 0.0
    while time.monotonic() < until:
        left = Job.objects.exclude(state__in=TERMINAL).count()
        if not left:
            return True
        if time.monotonic() - told > 20:
            told = time.monotonic()
            print(f"{left} jobs to go, {_dead()} dead letters", flush=True)
        time.sleep(1)
    return False


def _dead() -> int:
    from jobs.models import DeadLetter

    return DeadLetter.objects.count()


def _table() -> str:
    """By task: how its jobs ended, and what they used."""
    from jobs.models import DeadLetter, Job

    rows = Job.objects.values_list("task", "state", "runs", "snoozes")
    count: dict[str, Counter[str]] = {}
    for task, state, runs, snoozes in rows:
        row = count.setdefault(task.rpartition(".")[2], Counter())
        row.update({"jobs": 1, state: 1, "repeated": max(0, runs - snoozes - 1), "snoozed": snoozes})
    columns = ("jobs", "completed", "failed", "repeated", "snoozed")
    lines = [f"{'task':26}" + "".join(f"{name:>11}" for name in columns)]
    lines += [
        f"{task:26}" + "".join(f"{row[name]:>11}" for name in columns) for task, row in sorted(count.items())
    ]
    total = sum(count.values(), Counter())
    lines.append(f"{'all':26}" + "".join(f"{total[name]:>11}" for name in columns))
    lines += [
        f"dead letter: {letter.task.rpartition('.')[2]} {letter.kwargs}: {letter.error[:300]}"
        for letter in DeadLetter.objects.order_by("id")
    ]
    return "\n".join(lines)


def _wrong(running: World, accounts: list[Any]) -> Iterator[str]:
    """What differs from the sandbox's own records, or is still missing when it is asked without faults."""
    yield from _wrong_wallets(running)
    yield from _missing_rows(accounts)


def _wrong_wallets(running: World) -> Iterator[str]:
    import httpx2

    from enrichment.models import WalletTransaction
    from enrichment.models.sync import SyncState

    for state in SyncState.objects.select_related("wallet"):
        address = state.wallet.address
        ledger = httpx2.get(f"{running.sandbox_url}/sandbox/wallets/{address}/ledger").json()
        meant = list(dict.fromkeys(entry["signature"] for entry in ledger["entries"]))
        rows = WalletTransaction.objects.filter(wallet=state.wallet).order_by("place")
        stored = list(rows.values_list("signature", flat=True))
        if stored != (meant if state.complete else meant[-len(stored) :]) or state.walk:
            yield f"wallet {address}: {len(stored)} transactions stored, {len(meant)} meant"


def _missing_rows(accounts: list[Any]) -> Iterator[str]:
    from enrichment.models import Coin, ExchangeBalance, PricePoint, Ticker
    from enrichment.providers.exchanges.client import open_client
    from enrichment.services.exchanges.accounts import keys_of
    from enrichment.services.exchanges.orders import sync

    for account in accounts:
        client = open_client(account.exchange, keys_of(account))
        again = sync(account, client, None, lambda *_: None, full=True)
        if again.new or again.changed:
            yield f"account {account.label}: {again.new} orders were missing, {again.changed} were old"
        held = {(one.asset, one.free, one.locked) for one in client.balances()}
        stored = set(ExchangeBalance.objects.filter(account=account).values_list("asset", "free", "locked"))
        if held != stored:
            yield f"account {account.label}: {len(held ^ stored)} balances differ"
    if not Ticker.objects.exists():
        yield "no prices of the exchange"
    for coin in Coin.objects.filter(pk__in=_updated()):
        if not PricePoint.objects.filter(coin=coin).exists():
            yield f"{coin} has no price"
    yield from _missing_posts()


def _updated() -> list[int]:
    from enrichment.models import Coin
    from jobs.models import Job

    slugs = Job.objects.filter(task__endswith="update_coin_price").values_list("kwargs__coin", flat=True)
    return list(Coin.objects.filter(slug__in=list(slugs)).values_list("id", flat=True))


def _missing_posts() -> Iterator[str]:
    """Posts that a search without faults still brings, but for those that are younger than the first search."""
    from datetime import timedelta

    from enrichment.models import SocialPost
    from enrichment.providers.social.sources import SOURCES
    from enrichment.queries.social import known_coin
    from enrichment.services.social.scrape import Wanted, scrape
    from jobs.models import Job

    searches = Job.objects.filter(task__endswith="scrape_social_data").order_by("started_at")
    began = searches.values_list("started_at", flat=True).first()
    wanted = Wanted((), tuple(SOURCES), timedelta(hours=24), 200)
    for coin in set(searches.values_list("kwargs__coin", flat=True)):
        names = known_coin(coin)
        assert names is not None
        known = set(SocialPost.objects.values_list("id", flat=True))
        scrape(names, wanted, lambda *_: None)
        new = SocialPost.objects.exclude(id__in=known).filter(posted_at__lt=began)
        if new:
            yield f"{names.symbol}: {len(new)} posts were missing"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--faults", default=FAULTS, help="as `manage.py sandbox --faults` takes them (%(default)s)"
    )
    parser.add_argument("--wallets", type=int, default=12, help="wallets to analyse (%(default)s)")
    parser.add_argument(
        "--coins", type=int, default=10, help="coins to price, assess and search for (%(default)s)"
    )
    parser.add_argument(
        "--longest", type=float, default=900, help="seconds to wait for the jobs (%(default)s)"
    )
    options = parser.parse_args()
    sys.exit(main(options.faults, options.wallets, options.coins, options.longest))
