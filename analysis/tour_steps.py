"""What `manage.py demo` shows of markets: wallets that are alike, a coin, the news, an account on an exchange."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from rich.table import Table
from rich.text import Text

from analysis.flows.coins import start_price_update, start_risk_assessment
from analysis.flows.wallets import compare_wallets
from analysis.queries.risk import risk_of
from analysis.queries.similarity import comparison
from analysis.queries.wallets import sample_wallets
from analysis.tour import Step, Tour
from enrichment.flows import sync_account
from enrichment.models import Coin, ExchangeAccount
from enrichment.providers.prices.samples import fetch_sample_coins
from enrichment.providers.solana.samples import SampleWallet
from enrichment.queries.exchanges import FillFilter, dollars_at, fees_of, fills_of, sample_accounts
from enrichment.queries.news import Wanted, find_news
from enrichment.queries.prices import coin_rows
from enrichment.queries.social import platforms_of, sentiment_of, trend_of
from enrichment.services.coins.following import follow_samples
from enrichment.services.exchanges.accounts import NewAccount, add_account
from enrichment.tasks import index_market_news, scrape_social_data
from jobs import Priority

_COMPARED = 4  # wallets
_COINS = ("DUSK", "MOTH")  # those with something to tell
_WORDS = "sol OR listing OR upgrade OR selling"
_DAY = timedelta(days=1)


def _similar(tour: Tour) -> None:
    samples = _of_several_styles(sample_wallets())
    started = compare_wallets(list(samples))
    tour.say(
        f"{len(samples)} wallets; {len(started.wallets_needing_sync)} of them have to be fetched first, and the"
        " comparison waits for those jobs."
    )
    for step in started.flow.steps:
        tour.follow(step.uid)
    found = comparison(started.request_id)
    pairs = (found.result or {}).get("pairs", []) if found else []
    if not pairs:
        tour.fail("no two wallets were compared")
        return
    table = Table("pair", "shared tokens", "capital, cosine", "tokens, Jaccard")
    for pair in pairs[:5]:
        names = " and ".join(samples[pair[side]] for side in ("first", "second"))
        scores = (pair["scores"]["capital"]["cosine"], pair["scores"]["binary"]["jaccard"])
        table.add_row(names, str(pair["shared_tokens"]), *(f"{score or 0:.3f}" for score in scores))
    tour.say(table)
    tour.say(f"The matrix: {tour.site}/wallets/similarity/{started.request_id}")


def _of_several_styles(samples: Sequence[SampleWallet]) -> dict[str, str]:
    """Labels by address: one of each style first, then others, so that some are alike and some are not."""
    firsts = list({one.style: one for one in reversed(samples)}.values())[::-1][: _COMPARED - 1]
    chosen = [*firsts, *(one for one in samples if one not in firsts)]
    return {one.address: one.label for one in chosen[:_COMPARED]}


def _coin(tour: Tour) -> None:
    follow_samples(fetch_sample_coins())
    coin = (
        Coin.objects.filter(slug__in=_COINS, active=True).first() or Coin.objects.filter(active=True).first()
    )
    if coin is None:
        tour.fail("there is no coin to look at")
        return
    tour.say(
        f"{coin} ({coin.name}): price, what people say, and risk, at once. Prices keep to 10 a minute and"
        " assessments to 5, whoever asks: a wait here is one of those limits, not a queue."
    )
    said = scrape_social_data.using(priority=Priority.CRITICAL).enqueue(coin=coin.mint)
    price = start_price_update(coin.slug)
    tour.follow(said.id)
    tour.follow(price.uid)
    tour.follow(start_risk_assessment(coin.slug).uid)  # after the posts, of which the social part is made
    _tell_price(tour, coin)
    _tell_feelings(tour, coin)
    _tell_risk(tour, coin)
    tour.say(f"Its chart, and alerts to set: {tour.site}/coins/{coin.slug}")


def _tell_price(tour: Tour, coin: Coin) -> None:
    row = coin_rows(slug=coin.slug)[0]
    if row.usd is None:
        tour.fail(f"no price of {coin} was stored")
        return
    depth = f", ${row.liquidity:,.0f} in its pools" if row.liquidity is not None else ""
    tour.say(f"{coin} costs ${row.usd.normalize():f}{depth} ({row.source}).")


def _tell_feelings(tour: Tour, coin: Coin) -> None:
    since = timezone.now() - _DAY
    whole, trend = sentiment_of(coin.mint, since), trend_of(coin.mint)
    if whole.mean is None:
        tour.fail(f"nobody said anything about {coin}")
        return
    shares = ", ".join(
        f"{one.platform} {one.mentions} ({one.sentiment:+.2f})" for one in platforms_of(coin.mint, since)
    )
    trending = "trending" if trend.trending else "not trending"
    tour.say(
        f"{whole.mentions} posts of the last day, sentiment {whole.mean:+.2f} of -1 to 1, {trending}: {shares}."
    )


def _tell_risk(tour: Tour, coin: Coin) -> None:
    risk = risk_of(coin.slug)
    if risk is None:
        tour.fail(f"{coin} has no risk score")
        return
    tour.say(f"Risk {risk.score} of 100: {risk.level}. Its parts:")
    table = Table("part", "points", "weight", "what was looked at")
    for part in risk.parts:
        inputs = Text("; ").join(
            Text(f"{one.name} {one.value}", style="red" if one.is_bad else "") for one in part.inputs
        )
        table.add_row(
            part.name, "-" if part.points is None else str(part.points), str(part.weight), inputs or part.note
        )
    tour.say(table)


def _news(tour: Tour) -> None:
    tour.follow(index_market_news.using(priority=Priority.CRITICAL).enqueue().id)
    articles, _ = find_news(Wanted(_WORDS), 3)
    if not articles:
        tour.fail(f"no news for {_WORDS!r}")
    tour.say(f"A search for {_WORDS}:")
    for one in articles:
        line = Text("  ")
        for part in re.split(r"(<mark>.*?</mark>)", str(one.title_highlighted)):
            text = part.removeprefix("<mark>").removesuffix("</mark>")
            line.append(text, style="bold yellow" if part.startswith("<mark>") else "")
        coins = " ".join(f"${coin.symbol}" for coin in one.coins)
        tour.say(line.append(f"  [{one.source}, {one.label}{f', {coins}' if coins else ''}]", style="dim"))
    tour.say(f"More: {tour.site}/news")


def _exchange(tour: Tour) -> None:
    account = _account(tour)
    if account is None:
        return
    tour.say(f"{account}: orders with their fills, balances and prices, over the exchange's own signed API.")
    for uid in sync_account(account, priority=Priority.CRITICAL).values():
        tour.follow(uid)
    orders, page = account.orders, fills_of(account.user, FillFilter(account=account.uid), None, 3)
    if not page.fills:
        tour.fail("no fill was stored")
        return
    fees = ", ".join(
        f"{_short(fee.amount)} {fee.asset}" for fee in fees_of(account, dollars_at(account.exchange))
    )
    tour.say(
        f"{orders.count()} orders, {orders.filter(status='open').count()} open; {account.fills.count()} fills,"
        f" fees {fees}. The newest fills:"
    )
    table = Table("fill", "price", "amount", "fee", "at")
    for row in page.fills:
        amounts = (_short(row.price), _short(row.amount), f"{_short(row.fee)} {row.fee_asset}")
        table.add_row(f"{row.side} {row.symbol}", *amounts, f"{row.filled_at:%d %b %H:%M}")
    tour.say(table)
    tour.say(f"All of it: {tour.site}/exchanges/{account.uid}")


def _account(tour: Tour) -> ExchangeAccount | None:
    """The demo login's account on the local exchange, added at the first tour."""
    user = get_user_model().objects.filter(username=settings.DEMO_LOGIN[0]).first()
    known = ExchangeAccount.objects.filter(user=user, reason="").order_by("id").first() if user else None
    if known or user is None:
        return known
    sample = next(iter(sample_accounts()), None)
    if sample is None:
        tour.fail("there is no sample account")
        return None
    return add_account(user, NewAccount(sample.exchange, sample.label, sample.keys))


def _short(amount: Decimal) -> str:
    return f"{amount.normalize():,f}" if abs(amount) < 1 else f"{amount:,.4f}".rstrip("0").rstrip(".")


STEPS = (
    Step("Wallets that trade alike", _similar),
    Step("A coin: price, sentiment, risk", _coin),
    Step("News, searched", _news),
    Step("An account on an exchange", _exchange),
)
