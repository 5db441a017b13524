"""A child that has processes and servers of its own: interrupted, it is let end by itself, and takes them along."""

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_PATIENCE = 90.0  # seconds for a child that was interrupted to clean up


@contextmanager
def interrupted_once() -> Iterator[None]:
    """SIGINT and SIGTERM raise KeyboardInterrupt, and only the first: what cleans up after it is not disturbed.

    For the main thread of a process; elsewhere signals stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(command: Sequence[str], **options: Any) -> "subprocess.CompletedProcess[str]":
    """As `subprocess.run`, which kills its child a quarter of a second after an interruption.

    For callers and children within `interrupted_once`: an interruption in a terminal reaches the child twice.
    """
    with subprocess.Popen(command, text=True, **options) as child:  # noqa: S603 -- the callers' own programs
        try:
            output, errors = child.communicate()
        except BaseException:
            child.send_signal(signal.SIGINT)
            try:
                child.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
            raise
    return subprocess.CompletedProcess(child.args, child.returncode, output, errors)
