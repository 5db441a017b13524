"""What a run tells must reach the rows, whatever its text holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.fence.events import parse
from jobs.worker.event_json import event_json

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("plain", "plain"),
        ("a\0b", "a\ufffdb"),
        ("\\u0000", "\\u0000"),
        ("\\\0", "\\\ufffd"),
        ("\\\\u0000\0", "\\\\u0000\ufffd"),
        ("\ud800", "\ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("😀", "😀"),
        ("\\ud800", "\\ud800"),
        ("NaN", "NaN"),
        (float("nan"), None),
        ([1, float("-inf"), "Infinity"], [1, None, "Infinity"]),
    ],
)
def test_only_what_postgresql_cannot_store_is_replaced(told: Any, read: Any) -> None:
    assert json.loads(event_json({"told": told})) == {"told": read}


def test_a_result_that_is_json_itself_keeps_its_escapes() -> None:
    result = json.dumps("a\0b\ud800")
    assert json.loads(json.loads(event_json({"result": result}))["result"]) == "a\0b\ud800"


@given(st.dictionaries(st.text(), ANYTHING, max_size=4))
def test_whatever_is_told_can_be_read_and_stored(data: dict[str, Any]) -> None:
    text = event_json(data)
    event = parse("q", "1-0", {"e": "progress", "d": text})
    stored = json.dumps(event.data, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in stored.replace("\\\\", "")
    stored.encode()


def test_what_is_no_json_needs_a_default() -> None:
    with pytest.raises(TypeError):
        event_json({"told": object})
    assert json.loads(event_json({"told": {1, 2}}, default=list)) == {"told": [1, 2]}
