"""The places where people talk, by name."""

from enrichment.providers.social.feeds import Feeds
from enrichment.providers.social.records import PostSource
from enrichment.providers.social.reddit import Reddit
from enrichment.providers.social.telegram import Telegram
from enrichment.providers.social.x import X

SOURCES: dict[str, PostSource] = {source.platform: source for source in (Reddit(), X(), Telegram(), Feeds())}
