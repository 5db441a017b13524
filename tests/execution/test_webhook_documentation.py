"""What docs/how-to/verify-webhooks.md tells receivers is true of what is sent."""

import re
from pathlib import Path
from typing import Any

import pytest

from execution.providers.webhooks.signing import HEADER, signature

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "verify-webhooks.md"
BODY = b'{"id":"order-7"}'
NOW = 1_800_000_000


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """The functions of the page."""
    names: dict[str, Any] = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)), names)
    return names


def test_what_is_signed_is_genuine(page: dict[str, Any]) -> None:
    header = signature(BODY, ["new", "old"], NOW)
    assert [page["is_genuine"](header, BODY, secret, NOW + 299) for secret in ("new", "old")] == [True, True]


@pytest.mark.parametrize(
    ("header", "body", "secret", "now"),
    [
        (signature(BODY, ["s"], NOW), BODY, "other", NOW),
        (signature(BODY, ["s"], NOW), BODY + b" ", "s", NOW),
        (signature(BODY, ["s"], NOW), BODY, "s", NOW + 301),
        (signature(BODY, ["s"], NOW), BODY, "s", NOW - 301),
        (signature(BODY, ["s"], NOW).replace(f"t={NOW}", f"t={NOW + 60}"), BODY, "s", NOW),
        ("", BODY, "s", NOW),
        ("t=1", BODY, "s", NOW),
        ("v1=ab", BODY, "s", NOW),
        ("t=x,v1=ab", BODY, "s", NOW),
        ("t=1,v1=\u00fc", BODY, "s", NOW),
        ("t=1,v1=\udcff", BODY, "s", NOW),
    ],
)
def test_anything_else_is_not(page: dict[str, Any], header: str, body: bytes, secret: str, now: int) -> None:
    assert page["is_genuine"](header, body, secret, now) is False


def test_a_key_is_acted_on_once(page: dict[str, Any]) -> None:
    seen: set[str] = set()
    assert [page["receive"](key, seen) for key in ("a", "b", "a")] == [True, True, False]


def test_the_page_names_the_header() -> None:
    assert f"`{HEADER}`" in PAGE.read_text()
