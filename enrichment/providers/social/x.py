"""X's recent search, by bearer token. https://docs.x.com/x-api/posts/search-recent-posts"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import islice
from typing import Any

from enrichment.providers.addresses import x
from enrichment.providers.budget import Provider
from enrichment.providers.http import NotUnderstood, Service
from enrichment.providers.social.records import Post

_SERVICE = Service("X", Provider.X)
_REACHES_BACK = timedelta(days=7, minutes=-1)
_SMALLEST, _LARGEST = 10, 100  # posts on one page, by the API's rules
_LONGEST_QUERY = 512  # characters


class X:
    """Posts in English that are no reposts, of the last seven days."""

    platform = "x"

    def search(self, words: Sequence[str], since: datetime, limit: int) -> list[Post]:
        """See `PostSource.search`."""
        earliest = max(since, datetime.now(UTC) - _REACHES_BACK)
        return list(islice(self._posts(words, earliest, limit), limit))

    def _posts(self, words: Sequence[str], since: datetime, limit: int) -> Iterator[Post]:
        query: dict[str, Any] = {
            "query": _query(words),
            "max_results": min(_LARGEST, max(_SMALLEST, limit)),
            "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tweet.fields": "created_at,public_metrics,author_id",
            "expansions": "author_id",
            "user.fields": "username",
        }
        base, token = x()
        while True:
            headers = {"authorization": f"Bearer {token}"}
            posts, following = _SERVICE.get(f"{base}/2/tweets/search/recent", query, _page, headers)
            yield from (post for post in posts if post.posted_at >= since)
            if not following:
                return
            query["next_token"] = following


def _query(words: Sequence[str]) -> str:
    """The longest list of words that the API takes."""
    told = ""
    for count in range(1, len(words) + 1):
        listed = " OR ".join(f'"{word}"' for word in words[:count])
        longer = f"({listed}) lang:en -is:retweet"
        if told and len(longer) > _LONGEST_QUERY:
            break
        told = longer
    return told


def _page(answer: Any) -> tuple[list[Post], str]:
    """The posts of an answer, and how to ask for the next ones; empty at the end."""
    if not isinstance(answer, dict) or "meta" not in answer:
        raise NotUnderstood("something that is no page of a search")
    names = {user["id"]: user["username"] for user in answer.get("includes", {}).get("users", ())}
    posts = [_post(tweet, names.get(tweet.get("author_id"), "")) for tweet in answer.get("data", ())]
    return posts, answer["meta"].get("next_token") or ""


def _post(tweet: dict[str, Any], author: str) -> Post:
    counts = tweet.get("public_metrics", {})
    return Post(
        platform="x",
        post_id=tweet["id"],
        author=author,
        text=unescape(tweet["text"]),  # X escapes <, > and &
        url=f"https://x.com/{author or 'i'}/status/{tweet['id']}",
        posted_at=datetime.fromisoformat(tweet["created_at"]),
        likes=counts.get("like_count", 0),
        replies=counts.get("reply_count", 0),
    )
