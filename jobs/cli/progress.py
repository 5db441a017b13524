"""How a job that is waited for is shown: a moving bar on a terminal, lines elsewhere, both on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from jobs.cli.output import Output, cell
from jobs.cli.records import message_of, percent
from jobs.models import Job


class Display(Protocol):
    """Shows the job's latest row."""

    def show(self, job: Job) -> None:
        """Called whenever the row may have changed."""


@contextmanager
def display(output: Output) -> Iterator[Display]:
    """The display that fits where the command's messages go."""
    if not output.on_terminal:
        yield Lines(output)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    columns = (
        SpinnerColumn(), TextColumn("{task.fields[name]}", markup=False), BarColumn(), TaskProgressColumn(),
        Elapsed(), TextColumn("{task.fields[status]}", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress)


class Bar:
    """A bar that pulses until the job tells how far it is."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, name="", status="")

    def show(self, job: Job) -> None:
        """Move the bar."""
        share = 1.0 if job.state == "completed" else job.progress
        fields = {"name": job.short_task, "status": _status(job)}
        if share is None:
            self._progress.update(self._task, total=None, **fields)
        else:
            self._progress.update(self._task, total=100, completed=share * 100, **fields)


class Lines:
    """A line whenever what there is to say changes."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._last = ""

    def show(self, job: Job) -> None:
        """Print the line if it is a new one."""
        line = f"{job.short_task}  {percent(job.progress):>4}  {_status(job)}"
        if line != self._last:
            self._output.note(line)
            self._last = line


def _status(job: Job) -> str:
    """What the job does now: its own message while it runs, else its state and why."""
    message = message_of(job)
    if job.state == "active":
        return cell(message or "running")
    if job.state in {"waiting", "delayed"} and job.attempt:
        return cell(f"{job.state} for attempt {job.attempt + 1}: {job.reason}")
    return str(job.state)
