"""Tokens with what markets say of them."""

from collections.abc import Sequence

from enrichment.models import Token


def tokens_with_markets(mints: Sequence[str]) -> dict[str, Token]:
    """The tokens by mint; `token.market` is there for those that were looked up."""
    rows = Token.objects.select_related("market").filter(mint__in=mints)
    return {token.mint: token for token in rows}
