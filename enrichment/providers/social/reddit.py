"""Reddit through praw, by application-only OAuth. https://www.reddit.com/dev/api/#GET_search"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from enrichment.providers.addresses import RedditAddresses, is_sandbox, reddit
from enrichment.providers.asking import ask
from enrichment.providers.budget import Budget, Provider
from enrichment.providers.http import STUMBLES, asked_wait, understanding
from enrichment.providers.social.records import Post
from jobs.errors import Permanent, RateLimited, Transient

SUBREDDITS = "cryptocurrency+solana+CryptoMarkets+CryptoMoonShots+altcoin"
_AGENT = "python:millrace:1 (social sentiment)"
_PERIODS = (("hour", 3_600), ("day", 86_400), ("week", 604_800), ("month", 2_592_000), ("year", 31_536_000))


class Reddit:
    """Submissions in the subreddits about coins."""

    platform = "reddit"

    def search(self, words: Sequence[str], since: datetime, limit: int) -> list[Post]:
        """See `PostSource.search`."""
        import prawcore

        query = " OR ".join(f'"{word}"' for word in words)
        try:
            with understanding("Reddit"):
                forum = _client(reddit()).subreddit(SUBREDDITS)
                found = forum.search(query, sort="new", time_filter=_period(since), limit=limit)
                return list(islice(_until(since, found), limit))
        except prawcore.PrawcoreException as error:
            raise _understood(error) from None


def _client(addresses: RedditAddresses) -> Any:
    """A client of its own for each search: praw would sleep in the worker until its next request is due."""
    import praw

    return praw.Reddit(
        client_id=addresses.client_id,
        client_secret=addresses.client_secret,
        user_agent=_AGENT,
        reddit_url=addresses.site,
        oauth_url=addresses.oauth,
        requestor_class=_requestor(local=is_sandbox(addresses.site)),
        requestor_kwargs={"timeout": settings.PROVIDER_TIMEOUT},
        check_for_updates=False,
    )


def _requestor(*, local: bool) -> Any:
    """praw's requests, made as all others are: within the budget, and again after a moment's trouble."""
    import prawcore
    import requests

    budget = Budget(Provider.REDDIT, local=local)

    class Requestor(prawcore.Requestor):
        def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
            """`timeout` is praw's own; the settings' holds."""
            return ask(budget, partial(self._once, *args, **kwargs))

        def _once(self, *args: Any, **kwargs: Any) -> requests.Response:
            try:
                response = super().request(*args, **kwargs)
            except prawcore.RequestException as error:
                if isinstance(error.original_exception, requests.exceptions.Timeout):
                    raise Transient("Reddit did not answer in time") from None
                kind = type(error.original_exception).__name__
                raise Transient(f"Reddit cannot be reached: {kind}") from None
            path = urlsplit(response.url).path
            _check(response.status_code, response.headers, path)
            try:
                response.json()
            except STUMBLES:  # praw would take nothing at all for an empty listing
                raise Transient(f"Reddit ({path}) answered with something that is no JSON") from None
            return response

    return Requestor


def _check(status: int, headers: Any, path: str) -> None:
    if status == 429:
        if "retry-after" not in headers and headers.get("x-ratelimit-reset"):
            headers = {"retry-after": headers["x-ratelimit-reset"]}  # seconds, too
        delay = asked_wait(headers, datetime.now(UTC))
        raise RateLimited(delay, f"Reddit ({path}) asks to wait {delay:g} s")
    if status >= 500 or status == 408:
        raise Transient(f"Reddit ({path}) answered {status}")
    if status >= 300:
        raise Permanent(f"Reddit ({path}) refused with {status}")


def _understood(error: Exception) -> Permanent | Transient:
    if type(error).__name__ == "BadJSON":
        return Transient("Reddit answered with something that is no JSON")
    return Permanent(f"Reddit refused: {type(error).__name__}")


def _period(since: datetime) -> str:
    """Reddit's shortest period that holds a moment."""
    age = (datetime.now(UTC) - since).total_seconds()
    return next((name for name, seconds in _PERIODS if age <= seconds), "all")


def _until(since: datetime, found: Iterator[Any]) -> Iterator[Post]:
    """As posts; sorted newest first, the first one that is too old is the end."""
    for submission in found:
        post = _post(submission)
        if post.posted_at < since:
            return
        yield post


def _post(submission: Any) -> Post:
    text = f"{submission.title}\n{submission.selftext}".strip()
    return Post(
        platform="reddit",
        post_id=submission.id,
        author=str(submission.author or "[deleted]"),
        text=text,
        url=f"https://www.reddit.com{submission.permalink}",
        posted_at=datetime.fromtimestamp(submission.created_utc, UTC),
        likes=max(0, submission.score),
        replies=submission.num_comments,
    )
