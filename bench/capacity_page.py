"""`python -m bench.capacity_page --write`: the figures of docs/explanation/capacity-planning.md, by bench/costs.json.

After `python -m bench.costs --keep bench/costs.json`. The costs' table and the answers below each command are
written anew; without --write the page is printed.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.capacity import DELIVERED

ROOT = DELIVERED.parent.parent
PAGE = ROOT / "docs" / "explanation" / "capacity-planning.md"
_TABLE = re.compile(r"^\| a job costs .*?\n\n", re.DOTALL | re.MULTILINE)
_EXAMPLE = re.compile(
    r"^(```sh\n\S+ (-m bench\.capacity [^\n]*)\n```\n\n```text\n).*?^```\n", re.DOTALL | re.MULTILINE
)
_PARTS = {
    "dispatcher": "dispatcher, us of CPU", "worker": "worker", "postgres": "PostgreSQL, without the enqueue",
    "redis": "Redis",
}  # fmt: skip


def refreshed(page: str) -> str:
    """The page with the figures of now."""
    page = _TABLE.sub(lambda _: table(json.loads(DELIVERED.read_text())), page)
    return _EXAMPLE.sub(lambda found: f"{found[1]}{_said(found[2])}```\n", page)


def table(costs: Mapping[str, Any]) -> str:
    """What a job costs, as Markdown, with the state of the machine."""
    single, bundled, about = costs["single"], costs["bundled"], costs["about"]
    lines = ["| a job costs | alone | together | in a bundle, together |", "|---|---:|---:|---:|"]
    for part, name in _PARTS.items():
        values = (single["alone"][part], single["together"][part], bundled["together"][part])
        lines.append(f"| {name} | {' | '.join(f'{value:,.0f}' for value in values)} |")
    enqueues, turns = single["enqueue"], single["turns"]
    lines.append(f"| PostgreSQL, an enqueue | {enqueues['one']:,.0f} | {enqueues['many']:,.0f} | |")
    lines.append(
        f"| round trips, dispatcher and worker | {turns['dispatcher']:.1f} + {turns['worker']:.1f} | | |"
    )
    lines += [
        f"| {name} | | {single['kept'][key]:,.0f} | {bundled['kept'][key]:,.0f} |"
        for key, name in (
            ("rows", "rows written"),
            ("table_bytes", "bytes on disk"),
            ("wal_bytes", "write-ahead log"),
        )
    ]
    machine = (
        f"{about['cores']} cores of {about['machine']}, load {about['load']:g}, Python {about['python']}"
    )
    return "\n".join([*lines, f"| measured | {about['measured']} | {machine} | |", "", ""])


def _said(command: str) -> str:
    return subprocess.run(
        [sys.executable, *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout


def main() -> None:
    """Print or write."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity_page", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    page = refreshed(PAGE.read_text())
    if parser.parse_args().write:
        Path(PAGE).write_text(page)
    else:
        print(page, end="")


if __name__ == "__main__":
    main()
