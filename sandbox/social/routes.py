"""The addresses of what people say."""

import time
from collections.abc import Callable

from sandbox.http import Request, Response
from sandbox.market.prices import Market
from sandbox.social.board import Board
from sandbox.social.feeds import Feeds
from sandbox.social.reddit import Reddit
from sandbox.social.telegram import Telegram
from sandbox.social.x import X


def social_routes(market: Market) -> dict[str, Callable[[Request], Response]]:
    """Handlers by prefix, all over one board."""
    board = Board(market, time.time)
    return {
        "/reddit": Reddit(board).answer,
        "/x": X(board).answer,
        "/telegram": Telegram(board).answer,
        "/feeds": Feeds(board).answer,
    }
