"""Reading request bodies: JSON only, and nothing that PostgreSQL or a later reader would choke on."""

import json
from math import isfinite
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
            return strict_json(request.body)
        except (ValueError, RecursionError) as error:
            raise Problem(400, f"The body is no JSON: {error}", kind="not-json-text") from None


def strict_json(text: bytes) -> Any:
    """A JSON value that PostgreSQL can hold: no NaN, no number beyond a double's, no half of a surrogate pair.

    Raises ValueError, RecursionError.
    """
    value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if b"\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number[:50]} is too large a number")
    return value
