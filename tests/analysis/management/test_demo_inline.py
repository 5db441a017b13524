"""`manage.py demo --inline`: the tour without workers and without Redis."""

import subprocess
import sys

import pytest
from django.conf import LazySettings
from django.db import connection

from analysis.inline_tour import InlineTour
from tests.jobs.cli.conftest import environment
from tests.outside import Outside, point_at
from tests.processes import ROOT

NOWHERE = "redis://127.0.0.1:1/0"


def databases() -> set[str]:
    """The names of the server's databases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_the_tour_needs_no_redis_and_leaves_no_database_behind() -> None:
    before = databases()
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--inline"],
        cwd=ROOT, env=environment(REDIS_URL=NOWHERE), capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert "     analyze_pnl       blocked" in said
    assert (
        "     rehearse_failure  delayed    attempt 1 failed: the part 'valve' is broken, on purpose" in said
    )
    assert said[-1] == "     rehearse_failure  completed"
    assert databases() == before


@pytest.mark.django_db
def test_a_job_that_ends_otherwise_than_it_should_is_told(outside: Outside) -> None:
    with outside.faults(status_429=1, retry_after=1, paths=["/solana"]):
        failures = InlineTour(lambda _: None).take()
    assert failures[0].startswith(
        "expected completed, completed, completed, completed, completed, completed: sync_wallet is delayed "
    )


@pytest.mark.django_db
def test_without_a_sandbox_there_is_nothing_to_analyse(settings: LazySettings) -> None:
    point_at("http://127.0.0.1:1", settings)
    assert InlineTour(lambda _: None).take() == ["no sample wallets: is the sandbox running?"]
