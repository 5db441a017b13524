"""What is wrong with the settings about the outside world, told when processes start: all faults at once."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from enrichment.providers.budget import Provider
from enrichment.services.sentiment.lexicon import DELIVERED, LexiconError, load_lexicon
from jobs.rates import parse_rate

_CHANNEL = re.compile(r"@?[A-Za-z][A-Za-z0-9_]{3,31}")


@register
def check_outside_settings(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Feeds, channels, credentials that belong together, the lexicon, and budgets."""
    return [*_feeds(), *_channels(), *_reddit(), *_lexicon(), *_budgets()]


def _feeds() -> Iterator[CheckMessage]:
    for url in settings.NEWS_FEEDS:
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            yield Error(f"NEWS_FEEDS: {url!r} is no address of a feed", id="enrichment.E001")


def _channels() -> Iterator[CheckMessage]:
    for name in settings.TELEGRAM_CHANNELS:
        if not _CHANNEL.fullmatch(name.strip()):
            yield Error(f"TELEGRAM_CHANNELS: {name!r} is no name of a channel", id="enrichment.E002")


def _reddit() -> Iterator[CheckMessage]:
    if bool(settings.REDDIT_CLIENT_ID) != bool(settings.REDDIT_CLIENT_SECRET):
        told = "REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET belong together: set both or none"
        yield Error(told, id="enrichment.E003")


def _lexicon() -> Iterator[CheckMessage]:
    try:
        load_lexicon(Path(settings.SENTIMENT_LEXICON or DELIVERED))
    except LexiconError as error:
        yield from (Error(f"SENTIMENT_LEXICON: {fault}", id="enrichment.E004") for fault in error.faults)


def _budgets() -> Iterator[CheckMessage]:
    names = [provider.value for provider in Provider]
    for name, rate in settings.PROVIDER_BUDGETS.items():
        if name not in names:
            close = get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}"
            yield Error(f"PROVIDER_BUDGETS: there is no provider {name!r}; {hint}", id="enrichment.E005")
        try:
            parse_rate(rate)
        except ValueError as fault:
            yield Error(f"PROVIDER_BUDGETS: {name}: {fault}", id="enrichment.E006")
    if not settings.PROVIDER_TIMEOUT > 0:
        yield Error("PROVIDER_TIMEOUT must be a number of seconds greater than zero", id="enrichment.E007")
