"""`--data`: a JSON object from the command line, a file (`@path`) or standard input (`-`)."""

import json
import sys
from pathlib import Path
from typing import Any

from jobs.errors import OptionRefused


def parse_data(text: str) -> dict[str, Any]:
    """The task's keyword arguments. OptionRefused says where the JSON is wrong."""
    try:
        value = json.loads(_read(text))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise OptionRefused("--data", f"no JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise OptionRefused("--data", "nested too deeply") from None
    if not isinstance(value, dict):
        kind = {list: "an array", str: "a text", bool: "a truth value"}.get(type(value), "a number or null")
        raise OptionRefused("--data", f'must be a JSON object such as {{"field": 1}}, got {kind}')
    return value


def _read(text: str) -> str:
    try:
        if text == "-":
            return sys.stdin.read()
        return Path(text[1:]).read_text() if text.startswith("@") else text
    except (OSError, UnicodeDecodeError) as error:
        raise OptionRefused("--data", f"cannot read {text[1:] or 'standard input'}: {error}") from None
