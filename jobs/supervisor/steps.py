"""The commands that prepare a run: migrations, static files, demo data."""

import subprocess
import sys
from collections.abc import Mapping

from jobs.supervisor.errors import StepFailed
from jobs.supervisor.output import Output
from jobs.supervisor.plan import Plan
from jobs.supervisor.stopping import StopRequest


def run_steps(plan: Plan, environ: Mapping[str, str], output: Output, stop: StopRequest) -> None:
    """Run the plan's steps one after the other. Raises `StepFailed`; returns early on a stop request."""
    for step in plan.steps:
        if stop.requested:
            return
        output.say(" ".join(step))
        status = _run(step, plan, environ, output, stop)
        if status != 0 and not stop.requested:
            raise StepFailed(" ".join(step), status)


def _run(
    step: tuple[str, ...], plan: Plan, environ: Mapping[str, str], output: Output, stop: StopRequest
) -> int:
    process = subprocess.Popen(  # noqa: S603 -- our own manage.py
        [sys.executable, "manage.py", *step],
        cwd=plan.folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    copier = output.follow(step[0], process.stdout) if process.stdout else None
    while process.poll() is None:
        if stop.wait(0.05):
            process.terminate()
            process.wait()
    if copier:
        copier.join()
    return process.returncode
