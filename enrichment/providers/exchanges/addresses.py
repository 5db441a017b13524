"""Which exchanges there are: those of EXCHANGES, or else the sandbox's, under the name whose API it speaks."""

from dataclasses import dataclass

from django.conf import settings

from enrichment.providers.addresses import sandbox
from jobs.errors import Permanent

_LOCAL = "binance"


@dataclass(frozen=True)
class ExchangeAddress:
    """An exchange by its id in ccxt; `base` replaces the scheme and host of its addresses when it is set."""

    name: str
    base: str
    is_sandbox: bool

    @property
    def label(self) -> str:
        """Its name for people."""
        return f"{self.name.capitalize()} (local)" if self.is_sandbox else self.name.capitalize()


def exchanges() -> dict[str, ExchangeAddress]:
    """Every exchange that accounts may be on, by name."""
    if not settings.EXCHANGES:
        return {_LOCAL: ExchangeAddress(_LOCAL, sandbox("exchange"), is_sandbox=True)}
    found = {}
    for entry in settings.EXCHANGES:
        name, _, base = entry.partition("=")
        found[name.strip()] = ExchangeAddress(name.strip(), base.strip().rstrip("/"), is_sandbox=False)
    return found


def exchange(name: str) -> ExchangeAddress:
    """One exchange by its name. Permanent when it is not among EXCHANGES."""
    found = exchanges().get(name)
    if found is None:
        raise Permanent(f"{name!r} is none of the exchanges of this site: {', '.join(exchanges())}")
    return found
