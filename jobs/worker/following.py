"""What Celery's worker does after a run, left to the dispatcher: callbacks, errbacks, chains and chords.

Celery publishes them from the process that ran the task, before or after it stores the result: a death
in between loses them or sends them twice. Here the job's row has them, and the dispatcher enqueues them
in a transaction with the outcome (see docs/decisions/0006).
"""

from typing import Any

from jobs.worker.context import Run


def leave_to_dispatcher(run: Run, request: Any) -> None:
    """Note that the value is waited for, and take from Celery's request what its tracer would publish."""
    if request.callbacks or request.chain or request.chord:
        run.followed = True
        request.callbacks = request.chain = None
