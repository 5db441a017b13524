"""docs/explanation/capacity-planning.md shows what its commands say."""

import json
import shlex
import subprocess
import sys
from itertools import pairwise

from tests.docs.pages import blocks
from tests.processes import ROOT

PAGE = ROOT / "docs" / "explanation" / "capacity-planning.md"


def test_the_answers_of_the_page_are_those_of_the_program() -> None:
    examples = [(one, two) for one, two in pairwise(blocks(PAGE)) if "--costs" in one.text]
    assert len(examples) > 3
    for command, shown in examples:
        words = shlex.split(command.text)[1:]
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.stdout == shown.text, done.stderr


def test_the_costs_of_the_page_are_those_that_come_with_the_project() -> None:
    page, costs = PAGE.read_text(), json.loads((ROOT / "bench" / "costs.json").read_text())
    for name, part in (("dispatcher, us of CPU", "dispatcher"), ("worker", "worker"), ("Redis", "redis")):
        told = [
            costs["single"]["alone"][part],
            *(costs[how]["together"][part] for how in ("single", "bundled")),
        ]
        assert f"| {name} | {' | '.join(f'{value:,.0f}' for value in told)} |" in page
    assert costs["about"]["measured"] in page
