"""A process that enqueues the same key over and over: `python -m tests.jobs.dedup.caller TASK NAME SECONDS`."""

import sys
import time

import django


def main(task: str, name: str, seconds: float) -> None:
    """Call for so many seconds, with a new value each time."""
    django.setup()
    from jobs.names import resolve_task

    chosen = resolve_task(task)
    end = time.monotonic() + seconds
    calls = 0
    while time.monotonic() < end:
        calls += 1
        chosen.delay(name=name, value=f"{calls}")
    print(calls)  # noqa: T201 -- the test reads it


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
