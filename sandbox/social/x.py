"""X's recent search. https://docs.x.com/x-api/posts/search-recent-posts"""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sandbox.http import HttpError, Request, Response
from sandbox.social.board import Board, Said
from sandbox.social.terms import parse_terms
from sandbox.social.texts import AUTHORS

TOKEN = "sandbox-bearer"  # noqa: S105 -- opens nothing but the sandbox
SEVEN_DAYS = 7 * 86_400
WINDOW, IN_WINDOW = 900, 450
EPOCH_MS = 1_288_834_974_657  # ids count milliseconds from there, shifted by 22 bits


class X:
    """Answers the paths below api.x.com."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._window, self._used = 0, 0

    def answer(self, request: Request) -> Response:
        """A page of a search, newest first."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise HttpError(401, _problem("Unauthorized", "Unauthorized", 401))
        if request.path != "/2/tweets/search/recent":
            return Response(_problem("Not Found", f"Nothing at {request.path}", 404), 404)
        limits = self._count()
        size, since = self._checked(request)
        terms, upto = parse_terms(request.query["query"]), request.query.get("next_token")
        found = (said for said in self._board.newest_first("x", since) if terms.fit(said.title))
        below = (said for said in found if upto is None or _id(said) < int(upto))
        return Response(_page(list(islice(below, size)), size), headers=limits)

    def _checked(self, request: Request) -> tuple[int, float]:
        """The page's size, and the moment it goes back to; raises HttpError 400."""
        size = request.query.get("max_results", "10")
        if not request.query.get("query"):
            raise HttpError(400, _invalid("query", "", "The `query` query parameter can not be empty"))
        if not size.isdigit() or not 10 <= int(size) <= 100:
            raise HttpError(400, _invalid("max_results", size, f"{size} is not between 10 and 100"))
        earliest = self._board.wall() - SEVEN_DAYS
        start = request.query.get("start_time")
        try:
            since = datetime.fromisoformat(start).timestamp() if start else earliest
        except ValueError:
            raise HttpError(400, _invalid("start_time", str(start), "not a valid RFC3339 date")) from None
        if since < earliest:
            told = "'start_time' must be on or after the 7 days that are searched"
            raise HttpError(400, _invalid("start_time", str(start), told))
        return int(size), since

    def _count(self) -> dict[str, str]:
        now = int(self._board.wall())
        if now // WINDOW != self._window:
            self._window, self._used = now // WINDOW, 0
        self._used += 1
        if self._used > IN_WINDOW:
            raise HttpError(429, _problem("Too Many Requests", "Too Many Requests", 429))
        return {
            "x-rate-limit-limit": str(IN_WINDOW),
            "x-rate-limit-remaining": str(IN_WINDOW - self._used),
            "x-rate-limit-reset": str((self._window + 1) * WINDOW),
        }


def _page(page: list[Said], size: int) -> dict[str, Any]:
    if not page:
        return {"meta": {"result_count": 0}}
    meta: dict[str, Any] = {
        "newest_id": str(_id(page[0])),
        "oldest_id": str(_id(page[-1])),
        "result_count": len(page),
    }
    if len(page) == size:
        meta["next_token"] = str(_id(page[-1]))
    names = sorted({said.author for said in page})
    users = [{"id": _user_id(name), "name": name, "username": name} for name in names]
    return {"data": [_tweet(said) for said in page], "includes": {"users": users}, "meta": meta}


def _tweet(said: Said) -> dict[str, Any]:
    return {
        "id": str(_id(said)),
        "text": said.title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),  # as X does
        "author_id": _user_id(said.author),
        "created_at": datetime.fromtimestamp(said.time, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "lang": "en",
        "edit_history_tweet_ids": [str(_id(said))],
        "public_metrics": {
            "retweet_count": said.likes // 4,
            "reply_count": said.replies,
            "like_count": said.likes,
            "quote_count": said.likes // 9,
            "bookmark_count": 0,
            "impression_count": said.likes * 40,
        },
    }


def _id(said: Said) -> int:
    return ((said.time * 1000 - EPOCH_MS) << 22) + said.number % 16


def _user_id(name: str) -> str:
    return str(1_500_000_000_000_000_000 + AUTHORS.index(name))


def _problem(title: str, detail: str, status: int) -> dict[str, Any]:
    return {"title": title, "type": "about:blank", "status": status, "detail": detail}


def _invalid(name: str, value: str, told: str) -> dict[str, Any]:
    return {
        "errors": [{"parameters": {name: [value]}, "message": told}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }
