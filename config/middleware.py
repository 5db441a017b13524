"""WhiteNoise in an asynchronous chain: a long request must not hold a thread because of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """Looks a file up and hands all else on, without waiting for it."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The file, or what the rest of the chain answers."""
        answer: HttpResponseBase | Awaitable[HttpResponseBase] = super().__call__(request)
        return (
            _at_once(answer) if iscoroutinefunction(self) and isinstance(answer, HttpResponseBase) else answer
        )


async def _at_once(response: HttpResponseBase) -> HttpResponseBase:
    return response
