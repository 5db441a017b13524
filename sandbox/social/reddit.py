"""Reddit's OAuth and search listing. https://www.reddit.com/dev/api/#GET_search

Application-only tokens; 1,000 requests in ten minutes, told by the x-ratelimit headers.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

from sandbox.http import HttpError, Request, Response
from sandbox.social.board import Board, Said
from sandbox.social.terms import parse_terms

CLIENT = ("sandbox-client", "sandbox-secret")
TOKEN_LIFE = 86_400  # seconds
WINDOW, IN_WINDOW = 600, 1_000
SUBREDDITS = ("solana", "cryptocurrency")
PERIODS = {"hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000}
LONGEST = 2_592_000  # seconds that `year` and `all` look back here
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Reddit:
    """Answers the paths of www.reddit.com and oauth.reddit.com."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._window, self._used = 0, 0

    def answer(self, request: Request) -> Response:
        """A token, or a search."""
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["api", "v1", "access_token"]:
                return self._token(request)
            case "GET", ["r", names, "search"]:
                return self._search(request, names)
        return Response({"message": "Not Found", "error": 404}, 404)

    def _token(self, request: Request) -> Response:
        expected = b64encode(":".join(CLIENT).encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            raise HttpError(401, {"message": "Unauthorized", "error": 401})
        form = parse_qs(request.body.decode())
        if form.get("grant_type") != ["client_credentials"]:
            return Response({"error": "unsupported_grant_type"}, 400)
        expiry = str(int(self._board.wall()) + TOKEN_LIFE)
        token = b64encode(f"{expiry}.{_signature(expiry)}".encode()).decode()
        answer = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE, "scope": "*"}
        return Response(answer)

    def _search(self, request: Request, names: str) -> Response:
        self._authorise(request)
        limits = self._count()
        now, query = self._board.wall(), request.query
        since = now - PERIODS.get(query.get("t", "all"), LONGEST)
        wanted = set(SUBREDDITS) if names == "all" else set(names.lower().split("+"))
        terms, after = parse_terms(query.get("q", "")), _number(query.get("after", ""))
        found = (
            said
            for said in self._board.newest_first("reddit", since)
            if terms.fit(f"{said.title} {said.text}") and _subreddit(said) in wanted
        )
        below = (said for said in found if after is None or said.number < after)
        size = min(100, int(query.get("limit") or 25))
        page = list(islice(below, size))
        following = f"t3_{base36(page[-1].number)}" if len(page) == size else None
        children = [{"kind": "t3", "data": _submission(said)} for said in page]
        data = {"after": following, "before": None, "dist": len(page), "modhash": "", "children": children}
        return Response({"kind": "Listing", "data": data}, headers=limits)

    def _authorise(self, request: Request) -> None:
        try:
            expiry, signature = (
                b64decode(request.headers.get("authorization", "").split(" ", 1)[1]).decode().split(".")
            )
            genuine = hmac.compare_digest(signature.encode(), _signature(expiry).encode())
            valid = genuine and float(expiry) > self._board.wall()
        except (ValueError, IndexError):
            valid = False
        if not valid:
            raise HttpError(401, {"message": "Unauthorized", "error": 401})

    def _count(self) -> dict[str, str]:
        """The headers that say how much is left; raises HttpError 429 when nothing is."""
        now = int(self._board.wall())
        if now // WINDOW != self._window:
            self._window, self._used = now // WINDOW, 0
        self._used += 1
        if self._used > IN_WINDOW:
            raise HttpError(429, {"message": "Too Many Requests", "error": 429})
        return {
            "x-ratelimit-used": str(self._used),
            "x-ratelimit-remaining": f"{IN_WINDOW - self._used}.0",
            "x-ratelimit-reset": str(WINDOW - now % WINDOW),
        }


def base36(number: int) -> str:
    """A number as Reddit writes its ids."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits or "0"


def _number(fullname: str) -> int | None:
    try:
        return int(fullname.removeprefix("t3_"), 36)
    except ValueError:
        return None


def _signature(expiry: str) -> str:
    return hmac.new(CLIENT[1].encode(), expiry.encode(), hashlib.sha256).hexdigest()


def _subreddit(said: Said) -> str:
    return SUBREDDITS[said.number // 16 % len(SUBREDDITS)]


def _submission(said: Said) -> dict[str, Any]:
    identifier, subreddit = base36(said.number), _subreddit(said)
    link = f"/r/{subreddit}/comments/{identifier}/{said.symbol.lower()}/"
    return {
        "id": identifier,
        "name": f"t3_{identifier}",
        "subreddit": subreddit,
        "author": said.author,
        "title": said.title,
        "selftext": said.text,
        "created_utc": float(said.time),
        "score": said.likes,
        "ups": said.likes,
        "upvote_ratio": 0.9,
        "num_comments": said.replies,
        "permalink": link,
        "url": f"https://www.reddit.com{link}",
        "over_18": False,
        "is_self": True,
    }
