"""Addresses at the door."""

import pytest

from enrichment.addresses import checked_address
from enrichment.models import Wallet
from enrichment.tasks.wallets import fetch_balance, sync_wallet
from jobs.errors import ArgumentsRefused
from jobs.models import Job

GOOD = "So11111111111111111111111111111111111111112"


def test_an_address_is_taken_without_the_blanks_around_it() -> None:
    assert checked_address(f" {GOOD}\n") == GOOD


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has 0 characters instead of 32 to 44"),
        ("abc", "has 3 characters instead of 32 to 44"),
        ("0x52908400098527886E0F7030069857D2E4169EE7", "is an Ethereum address"),
        ("O" * 43, "is not base 58"),
        ("1" * 33, "is not 32 bytes"),
        ("z" * 44, "is no Solana address"),
        ("So1111111111111111111111111111111111111111ü", "is not base 58"),
    ],
)
def test_what_is_no_address_is_told_why(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        checked_address(text)


@pytest.mark.django_db
@pytest.mark.parametrize("task", [sync_wallet, fetch_balance])
def test_a_job_with_a_wrong_address_is_refused_by_field_and_nothing_is_stored(task: object) -> None:
    with pytest.raises(ArgumentsRefused) as caught:
        task.delay(address="abc")  # type: ignore[attr-defined]  # Celery's tasks have no types
    assert caught.value.fields == {"address": "is no Solana address: has 3 characters instead of 32 to 44"}
    assert not Job.objects.exists()
    assert not Wallet.objects.exists()


@pytest.mark.django_db
def test_a_limit_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ArgumentsRefused) as caught:
        sync_wallet.delay(address=GOOD, limit=0)
    assert list(caught.value.fields) == ["limit"]
