"""Processes of a measurement, and what they and all their children use."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psutil

from bench.environments import ROOT

_Answer = TypeVar("_Answer")


@contextmanager
def running(
    commands: Iterable[Sequence[str]], environment: Mapping[str, str], log: Path
) -> Iterator[list[int]]:
    """Ids of the started processes, each in a group of its own, killed at the end."""
    with log.open("ab") as output:
        started = [
            subprocess.Popen(
                list(command), cwd=ROOT, env=os.environ | dict(environment), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )
            for command in commands
        ]  # fmt: skip
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            _kill_group(process.pid)
            process.wait()


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU time so far, that of children which have ended included."""
    return sum(sum(used) for used in _each(roots, lambda process: process.cpu_times()[:4]))


def resident_bytes(roots: Iterable[int]) -> int:
    """RSS, summed: what processes share is counted in each."""
    return sum(_each(roots, lambda process: int(process.memory_info().rss)))


def proportional_bytes(roots: Iterable[int]) -> int:
    """PSS, summed: a page that several processes share is counted once, a part in each. PostgreSQL's processes share
    its buffers, a pool's its imports."""
    return sum(_each(roots, lambda process: int(process.memory_full_info().pss)))


def descriptors(roots: Iterable[int]) -> int:
    """Open files and sockets."""
    return sum(_each(roots, lambda process: int(process.num_fds())))


def _each(roots: Iterable[int], ask: Callable[[psutil.Process], _Answer]) -> Iterator[_Answer]:
    for root in roots:
        try:
            family = [own := psutil.Process(root), *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            try:
                yield ask(process)
            except psutil.NoSuchProcess:
                continue


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
