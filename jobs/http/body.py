"""Reading request bodies: JSON only, and nothing that PostgreSQL or a later reader would choke on."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from jobs.http.problems import Problem


class StrictParser(Parser):
    """415 for anything that is not JSON, 400 for what is no JSON by RFC 8259."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value."""
        if request.content_type != "application/json":
            raise Problem(415, f"Send application/json, not {request.content_type or 'an unnamed type'}.")
        try:
            value = json.loads(request.body, parse_constant=_refuse)
            if b"\\u" in request.body:
                json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError) as error:
            raise Problem(400, f"The body is no JSON: {error}", kind="not-json-text") from None
        return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")
