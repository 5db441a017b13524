"""Wrong settings are told when processes start."""

from pathlib import Path

from django.conf import LazySettings

from enrichment.checks import check_outside_settings


def test_the_defaults_are_without_fault() -> None:
    assert check_outside_settings(None) == []


def test_every_fault_is_told_at_once_and_no_secret_with_it(settings: LazySettings, tmp_path: Path) -> None:
    lexicon = tmp_path / "own.tsv"
    lexicon.write_text("moon\nscam\t9\n")
    settings.NEWS_FEEDS = ["https://a.example/feed", "ftp://b.example", "c"]
    settings.TELEGRAM_CHANNELS = ["@durov", "no channel"]
    settings.REDDIT_CLIENT_SECRET = "hush"
    settings.SENTIMENT_LEXICON = str(lexicon)
    settings.PROVIDER_BUDGETS = {"jupitre": "10/s", "helius": "fast"}
    settings.PROVIDER_TIMEOUT = 0.0
    assert [str(fault.msg) for fault in check_outside_settings(None)] == [
        "NEWS_FEEDS: 'ftp://b.example' is no address of a feed",
        "NEWS_FEEDS: 'c' is no address of a feed",
        "TELEGRAM_CHANNELS: 'no channel' is no name of a channel",
        "REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET belong together: set both or none",
        "SENTIMENT_LEXICON: line 1: is not a term, a tab and a weight",
        "SENTIMENT_LEXICON: line 2: the weight of 'scam' is not between -4 and 4: 9",
        "PROVIDER_BUDGETS: there is no provider 'jupitre'; did you mean 'jupiter'?",
        "PROVIDER_BUDGETS: helius: 'fast' is no rate; write for example 10/s, 100/min or 1000/h",
        "PROVIDER_TIMEOUT must be a number of seconds greater than zero",
    ]
