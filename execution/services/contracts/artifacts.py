"""The contracts that ship with the product, compiled at build time: running them needs no compiler."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from execution.services.contracts.compile import Compiled, compile_source

FOLDER = Path(__file__).resolve().parents[2] / "contracts"
NAMES = ("smart_account", "token")


@cache
def artifact(name: str) -> Compiled:
    """One compiled contract."""
    return Compiled(**json.loads((FOLDER / f"{name}.json").read_text()))


def source_of(name: str) -> str:
    """Its source."""
    return (FOLDER / f"{name}.vy").read_text()


def build(name: str) -> str:
    """What its artifact must say: `manage.py build_contracts` writes it."""
    return json.dumps(asdict(compile_source(source_of(name), name)), indent=1) + "\n"
