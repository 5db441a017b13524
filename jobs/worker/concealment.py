"""Texts of a run without its secrets: errors, tracebacks, progress and log lines may repeat them."""

import json
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from celery.exceptions import Retry

MASK = "••••••••"


class Concealed(Exception):
    """Takes the place of an error whose text repeats a secret and cannot be changed."""


def redact(value: Any, secrets: Sequence[str]) -> Any:
    """A JSON value with every secret in its texts masked."""
    if isinstance(value, str):
        return _redact_text(value, secrets)
    if isinstance(value, Mapping):
        return {_redact_text(str(name), secrets): redact(inner, secrets) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(inner, secrets) for inner in value]
    if isinstance(value, (int, float)) and str(value) in secrets:
        return MASK
    return value


def conceal(error: BaseException, secrets: Sequence[str]) -> BaseException:
    """The error with its secrets masked; another one of the same name when its text stays as it is."""
    for each in _chain(error):
        each.args = tuple(_redact_argument(value, secrets) for value in each.args)
        if isinstance(each, Retry):
            each.excs = redact(each.excs, secrets)
            each.message = redact(each.message, secrets)
    text = "".join(traceback.format_exception(error)) + repr(error)
    if text == _redact_text(text, secrets):
        return error
    kind = type(type(error).__name__, (Concealed,), {"__module__": type(error).__module__})
    substitute: BaseException = kind(_redact_text(str(error), secrets))
    return substitute.with_traceback(error.__traceback__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        waiting.append(each.exc if isinstance(each, Retry) and isinstance(each.exc, BaseException) else None)


def _redact_argument(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, BaseException):
        return value
    plain = isinstance(value, (str, int, float, dict, list, tuple))
    return redact(value, secrets) if plain else value


def _redact_text(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        for written in {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]}:
            text = text.replace(written, MASK)
    return text
