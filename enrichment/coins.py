"""How coins are called in payloads and addresses."""

from typing import Annotated

from pydantic import StringConstraints

SLUG = r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$"

CoinSlug = Annotated[str, StringConstraints(pattern=SLUG)]


def channel(slug: str) -> str:
    """The correlation id that the jobs about a coin carry: who follows it hears of every one of them."""
    return f"coin:{slug}"
