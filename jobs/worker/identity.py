"""A worker's id: its host name as Celery knows it, and a mark that tells one start from the next."""

import os
import secrets

_VARIABLE = "MILLRACE_WORKER_ID"


def assume(hostname: str) -> str:
    """Take an id for this worker. Pool children inherit it through the environment."""
    os.environ[_VARIABLE] = f"{hostname}#{secrets.token_hex(3)}"
    return os.environ[_VARIABLE]


def assumed() -> str:
    """The id of the worker that this process belongs to; empty in any other process."""
    return os.environ.get(_VARIABLE, "")


def worker_id() -> str:
    """The same; a process that is no worker and runs jobs all the same becomes one."""
    return assumed() or assume(f"solo@{os.uname().nodename}")
