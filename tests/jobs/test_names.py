"""Names as people type them."""

import pytest

from jobs.errors import UnknownName
from jobs.names import registered_tasks, resolve_task


@pytest.mark.parametrize(
    "name", ["fail_until", "fail-until", "tests.sample_tasks.fail_until", " Fail-Until "]
)
def test_short_and_full_names_with_hyphens_or_underscores_find_the_task(name: str) -> None:
    assert resolve_task(name).name == "tests.sample_tasks.fail_until"


@pytest.mark.parametrize("name", ["salute", "Salute", "tests.sample_tasks.salute"])
def test_names_that_a_task_had_before_find_it(name: str) -> None:
    assert resolve_task(name).name == "tests.sample_tasks.greet"


def test_an_unknown_name_comes_with_a_suggestion() -> None:
    with pytest.raises(
        UnknownName, match=r"There is no task named 'fail-untill'. Did you mean 'fail_until'\?"
    ):
        resolve_task("fail-untill")


def test_celerys_own_tasks_cannot_be_named() -> None:
    assert not [name for name in registered_tasks() if name.startswith("celery.")]
    with pytest.raises(UnknownName):
        resolve_task("chord")
