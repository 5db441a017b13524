"""A throw-away environment per peer, in .millrace/peers, from the versions pinned in bench/peers/*.txt."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = Path(__file__).parent / "peers"
_QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_SYSTEM_CERTS": "true", "UV_LINK_MODE": "copy"}


class NotInstalled(Exception):
    """A peer that this machine cannot have; the table says why."""


@dataclass(frozen=True)
class Environment:
    """Where a peer lives, and the program that runs it."""

    folder: Path
    program: str


OWN = Environment(ROOT, sys.executable)


def install(pins: str) -> Environment:
    """The environment of `bench/peers/PINS.txt`, made anew when the pins have changed."""
    wanted = (PINS / f"{pins}.txt").read_text()
    folder = ROOT / ".millrace" / "peers" / pins
    stamp = folder / "installed.txt"
    make = _node if pins == "bullmq" else _python
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder, wanted)
        stamp.write_text(wanted)
    return Environment(folder, shutil.which("node") or "node" if pins == "bullmq" else f"{folder}/bin/python")


def _python(folder: Path, wanted: str) -> None:
    (folder / "requirements.txt").write_text(wanted)
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python, pins = f"{folder}/bin/python", f"{folder}/requirements.txt"
    _run([sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python, "-r", pins])


def _node(folder: Path, wanted: str) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotInstalled("node is not on PATH")
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *wanted.split()])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=os.environ | _QUIET, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotInstalled(said[-1] if said else f"{command[0]} ended with {done.returncode}")
