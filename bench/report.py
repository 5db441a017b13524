"""Medians per system as JSON, as a Markdown table, and as a picture."""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from statistics import median

from bench.environments import ROOT
from bench.measure import Run
from bench.plot import bars

FOLDER = ROOT / "bench" / "results"
_COLUMNS = {
    "drain_per_s": "drain jobs/s", "stored_per_s": "stored jobs/s", "one_per_s": "enqueue one/s",
    "many_per_s": "bulk/s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "cpu_us": "CPU us/job", "rss_mb": "workers MB",
}  # fmt: skip


def medians(runs: Sequence[Run]) -> dict[str, float | None]:
    """Of each number over the rounds of one system; what is missing or doubled is summed."""
    found: dict[str, float | None] = {}
    for field in fields(Run)[1:-1]:
        values = [value for run in runs if (value := getattr(run, field.name)) is not None]
        whole = sum if field.name in {"missing", "doubled"} else median
        found[field.name] = whole(values) if values else None
    return found


def table(runs: Sequence[Run], absent: Mapping[str, str]) -> str:
    """Ratios of the drain are to the first system."""
    lines = [f"| system | x first | {' | '.join(_COLUMNS.values())} | exact | configuration |"]
    lines.append("|---|" + "---:|" * (len(_COLUMNS) + 1) + "---|---|")
    base = 0.0
    for name, mine in _by_system(runs).items():
        found = medians(mine)
        base = base or found["drain_per_s"] or 0.0
        cells = [_number(found[column]) for column in _COLUMNS]
        cells[0] += f" ({_spread([run.drain_per_s for run in mine])})"
        ratio = f"{(found['drain_per_s'] or 0) / base:.2f}"
        lines.append(f"| {name} | {ratio} | {' | '.join(cells)} | {_exact(found)} | {mine[0].note} |")
    for name, why in absent.items():
        lines.append(f"| {name} |{' |' * (len(_COLUMNS) + 1)} | not measured: {why} |")
    return "\n".join(lines)


def keep(runs: Sequence[Run], absent: Mapping[str, str]) -> Path:
    """JSON, table and picture in bench/results; answers with the JSON's path."""
    FOLDER.mkdir(exist_ok=True)
    stem = FOLDER / time.strftime("peers-%Y%m%d-%H%M%S")
    by_system = _by_system(runs)
    about = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    content = {
        "about": about, "runs": [asdict(run) for run in runs],
        "medians": {name: medians(mine) for name, mine in by_system.items()}, "not measured": dict(absent),
    }  # fmt: skip
    path = stem.with_suffix(".json")
    path.write_text(json.dumps(content, indent=1))
    stem.with_suffix(".md").write_text(table(runs, absent) + "\n")
    panels = {
        _COLUMNS[column]: {name: medians(mine)[column] or 0.0 for name, mine in by_system.items()}
        for column in ("drain_per_s", "cpu_us", "p99_ms")
    }
    stem.with_suffix(".svg").write_text(bars(panels))
    return path


def _by_system(runs: Sequence[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.system, []).append(run)
    return found


def _exact(found: Mapping[str, float | None]) -> str:
    missing, doubled = found["missing"] or 0, found["doubled"] or 0
    return "yes" if not missing + doubled else f"NO: {missing:.0f} missing, {doubled:.0f} doubled"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):,.0f}-{max(values):,.0f}"
