"""/exchange-accounts and /exchange-prices: add accounts, start syncs, read balances and prices."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status

from enrichment import flows
from enrichment.http.exchange_answers import (
    AccountList,
    AccountOut,
    AccountSyncStarted,
    BalanceList,
    BalanceOut,
    JobRef,
    NewAccountIn,
    TickerList,
    TickerOut,
)
from enrichment.models import ExchangeAccount
from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.queries.exchanges import account_of, accounts_of, balances_of, dollars_at, tickers_of
from enrichment.services.exchanges.accounts import (
    NewAccount,
    add_account,
    check_account,
    remove_account,
)
from enrichment.tasks.exchanges import update_ticker_prices
from jobs.errors import NotFound, RateLimited, Transient
from jobs.http import represent
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_start, user_of
from jobs.http.problems import Problem
from jobs.http.schemas import Text

router = Router(by_alias=True, tags=["exchange accounts"])
prices_router = Router(by_alias=True, tags=["exchange prices"])

AccountId = Annotated[Text, Path(description="The account's id.")]
ExchangeName = Annotated[Text, Path(description="An exchange of this site, such as binance.")]


@router.get("", response={200: AccountList, **PROBLEMS})
def list_accounts(request: HttpRequest) -> AccountList:
    """One's own accounts."""
    return AccountList(items=[account_out(row) for row in accounts_of(user_of(request))])


@router.post("", response={201: AccountOut, **PROBLEMS})
def add(request: HttpRequest, body: NewAccountIn) -> Status[AccountOut]:
    """Add an account, once the exchange has accepted its keys; 422 names what it refuses."""
    user = must_start(request, *flows.ACCOUNT)
    keys = ApiKeys(body.api_key, body.api_secret, body.passphrase)
    try:
        row = add_account(user, NewAccount(body.exchange, body.label, keys, body.premium))
    except (RateLimited, Transient) as error:
        raise Problem(503, f"The keys cannot be checked now: {error}.", kind="exchange-away") from None
    return Status(201, account_out(row))


@router.get("/{account}", response={200: AccountOut, **PROBLEMS})
def read(request: HttpRequest, account: AccountId) -> AccountOut:
    """One account."""
    return account_out(account_of(user_of(request), account))


@router.delete("/{account}", response={204: None, **PROBLEMS})
def remove(request: HttpRequest, account: AccountId) -> Status[None]:
    """Forget an account with its keys, orders and balances."""
    remove_account(account_of(must_start(request, *flows.ACCOUNT), account))
    return Status(204, None)


@router.post("/{account}/check", response={200: AccountOut, **PROBLEMS})
def check(request: HttpRequest, account: AccountId) -> AccountOut:
    """Ask the exchange whether it accepts the keys."""
    row = account_of(must_start(request, *flows.ACCOUNT), account)
    try:
        check_account(row)
    except (RateLimited, Transient) as error:
        raise Problem(503, f"The keys cannot be checked now: {error}.", kind="exchange-away") from None
    return read(request, account)


@router.post("/{account}/sync", response={202: AccountSyncStarted, **PROBLEMS})
def sync(request: HttpRequest, account: AccountId, full: bool = False) -> Status[AccountSyncStarted]:
    """Fetch orders, balances and prices; the answer names the jobs. `full` reads every order again."""
    row = account_of(must_start(request, *flows.ACCOUNT), account)
    jobs = {what: job_ref(uid) for what, uid in flows.sync_account(row, full=full).items()}
    return Status(202, AccountSyncStarted(**jobs))


@router.get("/{account}/balances", response={200: BalanceList, **PROBLEMS})
def balances(request: HttpRequest, account: AccountId) -> BalanceList:
    """What the account held when it was last asked."""
    row = account_of(user_of(request), account)
    items = [BalanceOut.model_validate(one) for one in balances_of(row, dollars_at(row.exchange))]
    return BalanceList(items=items, fetched_at=row.balances_at)


@prices_router.get("/{exchange}", response={200: TickerList, **PROBLEMS})
def prices(request: HttpRequest, exchange: ExchangeName) -> TickerList:
    """The prices that were stored last."""
    _must_exist(exchange)
    items = [TickerOut.model_validate(row) for row in tickers_of(exchange)]
    return TickerList(exchange=exchange, items=items)


@prices_router.post("/{exchange}/update", response={202: JobRef, **PROBLEMS})
def update(request: HttpRequest, exchange: ExchangeName) -> Status[JobRef]:
    """Fetch the prices now."""
    must_start(request, update_ticker_prices)
    _must_exist(exchange)
    return Status(202, job_ref(flows.sync_prices(exchange)))


def account_out(row: ExchangeAccount) -> AccountOut:
    """An account without its keys."""
    names = (
        "uid", "exchange", "label", "hint", "premium", "reason", "created_at", "checked_at", "orders_at", "balances_at",
    )  # fmt: skip
    return AccountOut.model_validate(
        {name: getattr(row, name) for name in names} | {"accepted": not row.reason}
    )


def job_ref(uid: str) -> JobRef:
    """A job by its id."""
    return JobRef(id=uid, links=represent.links(uid))


def _must_exist(exchange: str) -> None:
    if exchange not in exchanges():
        raise NotFound(f"There is no exchange {exchange}; there are {', '.join(exchanges())}.")
