"""Only pages of this site may open a socket with the visitor's session."""

from typing import Any
from urllib.parse import ParseResult

from channels.security.websocket import OriginValidator
from django.conf import settings


class SameSite(OriginValidator):
    """Browsers always send Origin: one that is not ours is refused. Programs send none and are let in,
    as nobody can make them act for a visitor."""

    def __init__(self, application: Any) -> None:
        allowed = settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
        super().__init__(application, allowed)

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        """See the class."""
        return parsed_origin is None or bool(super().valid_origin(parsed_origin))
