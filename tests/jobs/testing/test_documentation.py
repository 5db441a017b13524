"""The examples of docs/how-to/test-your-jobs.md run."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from jobs import testing
from jobs.testing import Jobs

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "test-your-jobs.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
NAMES = re.findall(r"^def (test_\w+)", "\n".join(EXAMPLES), re.MULTILINE)
pytest_plugins = ["jobs.pytest_plugin"]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def page() -> Any:
    """The page's names; its tasks are forgotten afterwards."""
    names: dict[str, Any] = {"__name__": "documented", "testing": testing}
    exec("\n".join(EXAMPLES), names)
    yield names
    for task in ("documented.fetch", "documented.report"):
        current_app.tasks.pop(task)


def test_the_page_has_its_examples() -> None:
    assert len(NAMES) == 4


@pytest.mark.parametrize("name", [name for name in NAMES if "callers" not in name])
def test_an_example_runs(page: dict[str, Callable[[], None]], name: str) -> None:
    page[name]()


def test_the_example_with_a_fixture_runs(
    page: dict[str, Callable[[Jobs], None]], stepwise_jobs: Jobs
) -> None:
    page["test_two_callers_share_one_report"](stepwise_jobs)
