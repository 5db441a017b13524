"""Keys go where they belong, and nowhere else."""

import pytest
from django.conf import LazySettings

from enrichment.providers import addresses
from enrichment.providers.social.x import X
from jobs.errors import Permanent
from tests.enrichment.providers.social.test_sources import search
from tests.outside import Outside


def test_with_keys_the_real_addresses_are_asked(settings: LazySettings) -> None:
    settings.TWITTER_BEARER_TOKEN, settings.REDDIT_CLIENT_ID, settings.REDDIT_CLIENT_SECRET = (
        "t",
        "id",
        "secret",
    )
    settings.TELEGRAM_CHANNELS, settings.NEWS_FEEDS = ["@durov", " news"], ["https://a.example/feed "]
    assert addresses.x() == ("https://api.x.com", "t")
    assert (addresses.reddit().oauth, addresses.reddit().client_id) == ("https://oauth.reddit.com", "id")
    assert "secret" not in repr(addresses.reddit()).replace("client_secret", "")
    assert addresses.telegram() == ("https://t.me", ("durov", "news"))
    assert addresses.news_feeds() == ("https://a.example/feed",)


def test_a_wrong_key_is_permanent_and_not_in_the_message(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrichment.providers.social.x.x", lambda: (f"{outside.url}/x", "a-wrong-token"))
    with pytest.raises(Permanent, match="401") as caught:
        search(X())
    assert "a-wrong-token" not in str(caught.value)


def test_a_channel_without_a_preview_is_permanent(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    from enrichment.providers.social.telegram import Telegram

    place = (f"{outside.url}/telegram", ("private",))
    monkeypatch.setattr("enrichment.providers.social.telegram.telegram", lambda: place)
    with pytest.raises(Permanent):
        search(Telegram())
