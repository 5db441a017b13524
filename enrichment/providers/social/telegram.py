"""Telegram's public channels, from their preview pages: https://t.me/s/{channel}. No key, no login."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from heapq import nlargest

from django.core.cache import cache

from enrichment.providers.addresses import telegram
from enrichment.providers.budget import Provider
from enrichment.providers.http import Answer, NotUnderstood, Service
from enrichment.providers.social.matching import has_any
from enrichment.providers.social.records import Post
from enrichment.providers.social.telegram_page import Message, read_page
from jobs.errors import Permanent

_SERVICE = Service("Telegram", Provider.TELEGRAM)
_PAGES = 10  # of twenty messages, read of one channel at most
_NEWEST_KEPT, _OLDER_KEPT = 30, 600  # seconds


class Telegram:
    """Messages in the channels that the settings name."""

    platform = "telegram"

    def search(self, words: Sequence[str], since: datetime, limit: int) -> list[Post]:
        """See `PostSource.search`."""
        base, channels = telegram()
        found = [
            _post(message)
            for channel in channels
            for message in _messages(base, channel, since)
            if has_any(message.text, words)
        ]
        return nlargest(limit, found, key=lambda post: post.posted_at)


def _messages(base: str, channel: str, since: datetime) -> Iterator[Message]:
    """A channel's messages, newest first, as far back as `since`."""
    before: dict[str, int] = {}
    for _ in range(_PAGES):
        page = _page(base, channel, before)
        for message in sorted(page, key=lambda message: -message.number):
            if message.posted_at < since:
                return
            yield message
        if not page or min(message.number for message in page) <= 1:
            return
        before = {"before": min(message.number for message in page)}


def _page(base: str, channel: str, before: dict[str, int]) -> list[Message]:
    """A page, remembered for a while: every coin reads the same ones, and a search that broke off goes on."""
    key = f"telegram:{base}:{channel}:{before.get('before', 'newest')}"
    known: list[Message] | None = cache.get(key)
    if known is None:
        known = _fetched(base, channel, before)
        cache.set(key, known, _OLDER_KEPT if before else _NEWEST_KEPT)
    return known


def _fetched(base: str, channel: str, before: dict[str, int]) -> list[Message]:
    messages = _SERVICE.fetch(f"{base}/s/{channel}", before, _read)
    if messages is None:
        raise Permanent(f"the Telegram channel {channel} has no public preview")
    return messages


def _read(answer: Answer) -> list[Message] | None:
    """The messages on a page; None when it is no preview (Telegram sends the channel's card instead)."""
    text = answer.content.decode("utf-8", "replace")
    if "tgme_" not in text:
        raise NotUnderstood("something that is no page of Telegram")
    return read_page(text) if "tgme_channel_history" in text else None


def _post(message: Message) -> Post:
    return Post(
        platform="telegram",
        post_id=f"{message.channel}/{message.number}",
        author=message.channel,
        text=message.text,
        url=f"https://t.me/{message.channel}/{message.number}",
        posted_at=message.posted_at.astimezone(UTC),
        likes=message.views // 100,  # a view is no like; a hundredth of them is about as telling
    )
