"""A coin's price from the first market that knows it: DexScreener, then CoinGecko."""

import logging
from collections.abc import Callable

from enrichment.providers.prices import coingecko, dexscreener
from enrichment.providers.prices.quotes import Quote
from jobs.errors import JobError

_log = logging.getLogger(__name__)

Source = Callable[[str], Quote | None]
SOURCES: tuple[Source, ...] = (dexscreener.quote_of, coingecko.quote_of)


def quote_of(mint: str) -> Quote | None:
    """The coin's price, or None when every market answered and none has one.

    A market that does not answer is passed over; when no other has the price its error is raised, because
    nobody can say then that there is none: RateLimited, Transient, Permanent.
    """
    trouble: JobError | None = None
    for source in SOURCES:
        try:
            quote = source(mint)
        except JobError as error:
            _log.info("%s, so the next market is asked", error)
            trouble = trouble or error
            continue
        if quote is not None:
            return quote
    if trouble:
        raise trouble
    return None
