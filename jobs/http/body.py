"""Reading request bodies: JSON only, and nothing that PostgreSQL or a later reader would choke on."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from jobs.http.problems import Problem

DEEPEST = 100  # levels of lists and objects in each other


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
    """A JSON value that PostgreSQL can hold and every answer can tell again.

    No NaN, no number beyond a double's, no half of a surrogate pair, nothing in more than a hundred levels:
    what writes answers gives up at some two hundred. Raises ValueError, RecursionError.
    """
    value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if text.count(b"[") + text.count(b"{") > DEEPEST:
        _refuse_depth(value)
    if b"\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


def _refuse_depth(value: Any) -> None:
    """ValueError for what lies deeper than is read. Level by level: a recursion would end too early."""
    level = [value]
    for _ in range(DEEPEST):
        level = [part for one in level for part in _parts(one) if isinstance(part, (dict, list))]
    if level:
        raise ValueError(f"nested in more than {DEEPEST} levels")


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number[:50]} is too large a number")
    return value
