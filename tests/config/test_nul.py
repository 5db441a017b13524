"""U+0000 in an address, which PostgreSQL cannot even look for, breaks nothing."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver

from tests.config.test_closed_by_default import addresses_of, filled

TEXT = {"str": "%00", "path": "%00"}
WALLET = "So11111111111111111111111111111111111111112"
QUERY = "&".join(
    f"{name}=%00"
    for name in (
        "q",
        "coin",
        "step",
        "status",
        "cursor",
        "state",
        "queue",
        "name",
        "before",
        "after",
        "method",
    )
)


def given(pattern: str) -> str:
    """An address with U+0000 wherever it takes text."""
    taken = re.sub(r"<(?:(\w+):)?\w+>", lambda found: TEXT.get(found[1] or "str", found[0]), pattern)
    return filled(taken)


PAGES = {
    "jobs",
    "dead-letters",
    "exchanges",
    "news",
    "wallets",
    "wallets/similarity",
    "coins",
    "notifications",
}
PATHS = {given(pattern) for pattern in addresses_of(get_resolver()) if not pattern.startswith("flower")}
ADDRESSES = (
    {f"/{path}" for path in PATHS if "%00" in path}
    | {f"/{page}?{QUERY}" for page in PAGES}
    | {f"/api/v1/wallets/{WALLET}/behavior?scope=%00"}
)


@pytest.mark.django_db
def test_no_address_breaks_on_a_character_that_no_row_can_hold() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("admin"))
    assert len(ADDRESSES) > 40
    broken = {address: client.get(address).status_code for address in sorted(ADDRESSES)}
    assert {address: status for address, status in broken.items() if status >= 500} == {}
