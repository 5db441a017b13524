"""Which of two processes runs a test, with `pytest -n 2`: see `make test`.

Tests that start processes of their own run one after the other, in the same one: they kill, freeze and measure, and
would meet on the machine. All others run beside them, a file at a time.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

_WITH_PROCESSES = tuple(
    f"tests/{place}"
    for place in (
        "analysis/flows", "browser", "docs", "execution/test_kills", "jobs/canvas", "jobs/chaos",
        "jobs/cli/test_letters",
        "jobs/cli/test_waiting", "jobs/dedup/test_locked_jobs", "jobs/dedup/test_races", "jobs/faults",
        "jobs/localservices", "jobs/scheduling/test_beats", "jobs/secrets/test_nowhere", "jobs/socket",
        "jobs/supervisor", "jobs/test_automatic_retries", "jobs/test_bulk_retries", "jobs/test_changes",
        "jobs/test_django_tasks", "jobs/test_logs", "jobs/testing/test_same_as_production", "jobs/worker/test_pools",
        "monitoring/test_alert_processes", "sandbox/test_restart",
    )
)  # fmt: skip


class _Apart(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return "with processes" if nodeid.startswith(_WITH_PROCESSES) else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Asked once, by the process that hands the tests out."""
    return _Apart(config, log)
