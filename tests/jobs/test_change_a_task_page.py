"""The example of docs/how-to/change-a-task.md runs."""

import re
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from jobs import testing
from jobs.cli.unrunnable import unrunnable_jobs
from tests.jobs.rows import make_job

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "change-a-task.md"


@pytest.mark.django_db
def test_a_row_under_the_old_name_with_the_old_payload_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"__name__": "people.tasks"}
    exec(example, names)
    try:
        make_job("old", task="people.tasks.salute", kwargs={"name": "Ada Lovelace"})
        assert unrunnable_jobs() == []
        with testing.stepwise() as jobs:
            new = names["greet"].delay(first="Alan", last="Turing")
            jobs.run_all()
        assert names["greet"].AsyncResult("old").get(timeout=1) == "Good day, Ada Lovelace"
        assert new.get(timeout=1) == "Good day, Alan Turing"
    finally:
        current_app.tasks.pop("people.tasks.greet")
