"""The command line, called inside the process or as one of its own."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.jobs.faults.conftest import platform  # noqa: F401 -- the fixture, for these tests too
from tests.processes import ROOT, addresses


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Calls:
    """Calls a command in this process."""

    def __call__(self, *words: str) -> Answer:
        """Its exit code, output and error message; an unexpected error passes."""
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(*words, stdout=out, stderr=err)
        except CommandError as error:
            return Answer(error.returncode, out.getvalue(), err.getvalue() + str(error))
        return Answer(0, out.getvalue(), err.getvalue())


@pytest.fixture
def manage() -> Calls:
    """`manage("jobs", "list")`."""
    return Calls()


def command_line(*words: str) -> list[str]:
    """A command as a process of its own runs it."""
    return [sys.executable, "manage.py", *words]


def environment(**changed: str) -> dict[str, str]:
    """The test run's addresses, with changes."""
    return os.environ | addresses() | changed


def run(*words: str, **changed: str) -> Answer:
    """Run a command as a process of its own."""
    done = subprocess.run(
        command_line(*words),
        cwd=ROOT,
        env=environment(**changed),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
