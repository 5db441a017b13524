"""A run with a Procfile of the test's own, as a process of its own. `argv`: folder, stop seconds."""

import os
import sys
from pathlib import Path

from jobs.localservices.placement import prepare_state_dir
from jobs.supervisor.plan import Plan
from jobs.supervisor.stopping import StopRequest
from jobs.supervisor.supervisor import Supervisor

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    stop = StopRequest()
    stop.listen()
    prepare_state_dir(folder / "state")
    plan = Plan(
        folder,
        folder / "state",
        dict(os.environ),
        folder / "Procfile",
        ready_seconds=20,
        stop_seconds=float(sys.argv[2]),
        login="demo / demo",
    )
    Supervisor(plan, sys.stdout, stop).run()
