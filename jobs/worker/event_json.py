"""What a run tells, as JSON that every reader of the event log can take."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # in JSON, after an even number of backslashes


def event_json(data: Mapping[str, Any], default: Callable[[Any], Any] | None = None) -> str:
    """JSON text without what PostgreSQL cannot store.

    NUL characters and halves of surrogate pairs become U+FFFD; NaN and infinity become null. `default` is
    json.dumps's; without it, TypeError for what is no JSON.
    """
    text = json.dumps(data, default=default)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=lambda _: None))
    if "\\ud" in text:
        text = json.dumps(json.loads(text), ensure_ascii=False)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NUL.sub("\\1\N{REPLACEMENT CHARACTER}", text)
