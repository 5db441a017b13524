"""What is known of tokens: decimals from the chain, names from the market."""

import logging
from collections.abc import Iterable

from enrichment.models import Token, TokenTransfer, Trade, Wallet
from enrichment.providers.prices.dexscreener import TokenName, names_of
from enrichment.providers.solana.accounts import decimals_of
from enrichment.providers.solana.rpc import Rpc
from jobs.errors import JobError

_log = logging.getLogger(__name__)


def learn_tokens_of(wallet: Wallet, rpc: Rpc) -> int:
    """Store each token that the wallet's history mentions and that is not known yet; how many that were.

    Raises what the node raises. Names are a courtesy: a market that does not answer leaves them out.
    """
    mentioned = _mentioned(wallet)
    known = set(Token.objects.filter(mint__in=mentioned).values_list("mint", flat=True))
    decimals = decimals_of(rpc, sorted(mentioned - known))
    names = _names(decimals)
    Token.objects.bulk_create(
        [_token(mint, places, names.get(mint)) for mint, places in decimals.items()], ignore_conflicts=True
    )
    return len(decimals)


def _mentioned(wallet: Wallet) -> set[str]:
    trades = Trade.objects.filter(transaction__wallet=wallet)
    transfers = TokenTransfer.objects.filter(transaction__wallet=wallet)
    columns = ((trades, "sold_mint"), (trades, "bought_mint"), (transfers, "mint"))
    return {
        mint for rows, column in columns for mint in rows.values_list(column, flat=True).distinct() if mint
    }


def _names(mints: Iterable[str]) -> dict[str, TokenName]:
    try:
        return names_of(list(mints))
    except JobError as error:
        _log.warning("tokens stay without names: %s", error)
        return {}


def _token(mint: str, decimals: int, name: TokenName | None) -> Token:
    symbol, text = (name.symbol[:64], name.name[:255]) if name else ("", "")
    return Token(mint=mint, decimals=decimals, symbol=symbol, name=text)
