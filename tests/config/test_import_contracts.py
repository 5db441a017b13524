"""Each import contract holds, and each one bites: a planted violation is reported under its name."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PROGRAMS = Path(sys.executable).parent

# contract: (module that gets the line, line)
VIOLATIONS = {
    "Imports flow down: config, execution, analysis, enrichment, jobs": (
        "enrichment/planted.py",
        "import analysis",
    ),
    "Monitoring knows only jobs": ("monitoring/planted.py", "import enrichment"),
    "Nothing but config knows monitoring": ("analysis/planted.py", "import monitoring"),
    "The sandbox knows none of the applications": ("sandbox/planted.py", "import jobs"),
    "No application knows the sandbox": ("enrichment/planted.py", "import sandbox"),
    "Inside jobs, imports flow down": ("jobs/fence/planted.py", "import jobs.http"),
    "Decisions are pure: no Django, Redis or Celery": ("jobs/states.py", "import django"),
    "The launcher and the supervisor need neither Django nor the rest of jobs": (
        "jobs/supervisor/planted.py",
        "import jobs.fence",
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of every package and of the contracts."""
    for package in LINTER["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(tree: Path) -> list[str]:
    """The names of the contracts that lint-imports calls broken."""
    done = subprocess.run(
        [PROGRAMS / "lint-imports", "--no-cache"], cwd=tree, capture_output=True, text=True, check=False
    )
    broken = [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert (done.returncode == 0) == (not broken), done.stdout + done.stderr
    return broken


def test_every_contract_has_a_planted_violation() -> None:
    assert sorted(VIOLATIONS) == sorted(contract["name"] for contract in LINTER["contracts"])


def test_all_contracts_hold_for_the_code_as_it_is(tree: Path) -> None:
    assert broken_contracts(tree) == []


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_breaks_the_contract(contract: str, tree: Path) -> None:
    path, line = VIOLATIONS[contract]
    with (tree / path).open("a") as module:
        module.write(f"\n{line}\n")

    assert contract in broken_contracts(tree)


@pytest.mark.parametrize(
    ("path", "reported"),
    [("jobs/worker/planted.py", True), ("jobs/planted.py", True), ("jobs/worker/celery_internals.py", False)],
)
def test_only_one_module_reads_the_private_parts_of_celery(path: str, reported: bool, tree: Path) -> None:
    (tree / path).write_text("from celery.worker.state import requests\n\nprint(requests)\n")

    done = subprocess.run(
        [PROGRAMS / "ruff", "check", "--no-cache", "--select", "TID251", path],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("celery_internals.py only" in done.stdout) is reported
    assert (done.returncode != 0) is reported
