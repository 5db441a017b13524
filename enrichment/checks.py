"""What is wrong with the settings about the outside world, told when processes start: all faults at once."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from enrichment.services.sentiment.lexicon import DELIVERED, LexiconError, load_lexicon

_CHANNEL = re.compile(r"@?[A-Za-z][A-Za-z0-9_]{3,31}")


@register
def check_social_settings(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Feeds, channels, credentials that belong together, and the lexicon."""
    return [*_feeds(), *_channels(), *_reddit(), *_lexicon()]


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
