"""The files of deploy/: every process of the Procfile has its unit and its container, with the same command."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_THIS_MACHINE_ALONE = {"sandbox"}


def processes() -> dict[str, str]:
    """The Procfile's commands by name."""
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if line and line[0] != "#"]
    named = dict(line.split(": ", 1) for line in lines)
    return {name: command for name, command in named.items() if name not in OF_THIS_MACHINE_ALONE}


def containers() -> dict[str, Any]:
    """The services of the compose file."""
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def same(command: str) -> str:
    """Without what differs from place to place."""
    command = command.replace("$PORT", "8000").replace("$FLOWER_PORT", "5555")
    return command.replace("/srv/millrace/.venv/bin/", "").replace("0.0.0.0", "127.0.0.1").replace("%%", "%")


def test_every_process_has_its_container() -> None:
    told = {name: same(service["command"]) for name, service in containers().items() if "build" in service}
    del told["prepare"]
    assert told == {name: same(command) for name, command in processes().items()}


def test_every_process_but_the_workers_has_its_unit_and_these_have_a_template() -> None:
    told = {}
    for unit in UNITS:
        [line] = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
        told[unit.stem.removeprefix("millrace-")] = same(line.removeprefix("ExecStart="))
    template = told.pop("worker@").replace("%i", "wallets").replace("${CONCURRENCY}", "3")
    expected = processes()
    assert (
        template.replace("${QUEUES}", "wallet-operations,enrichment-operations") == expected["worker-wallets"]
    )
    assert told == {
        name: same(command) for name, command in expected.items() if not name.startswith("worker-")
    }


def test_the_page_shows_the_files_as_they_are() -> None:
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text()
    for name in ("Dockerfile", "systemd/millrace-worker@.service"):
        assert (DEPLOY / name).read_text() in page


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("there is no systemd-analyze on this machine")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python", "celery", "uvicorn"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    for unit in UNITS:
        here = (
            unit.read_text().replace("/srv/millrace/.venv/bin", str(programs)).replace("User=millrace\n", "")
        )
        name = unit.name.replace("@", "@wallets")
        (tmp_path / name).write_text(here)
        done = subprocess.run(
            [analyse, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), name
