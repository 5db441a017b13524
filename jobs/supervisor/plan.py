"""What a run consists of, decided before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """One run. `steps` are manage.py commands that must succeed, in order, before the processes start."""

    folder: Path  # where manage.py and the Procfile are
    state_dir: Path
    environ: Mapping[str, str]
    procfile: Path
    steps: tuple[tuple[str, ...], ...] = ()
    first: tuple[str, ...] = ()  # processes that start alone until the run is ready; empty: all of them
    # What must answer with 200 before the run counts as ready: the variable with the port, and the path.
    ready: tuple[tuple[str, str], ...] = (("PORT", "/healthz"),)
    ready_seconds: float = 90.0
    stop_seconds: float = 20.0  # how long workers may finish what they run
    login: str = ""  # printed with the addresses, when there is a demo user
