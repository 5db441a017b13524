"""Which released jobs share a message: short ones of tasks that allow it, so many that no slot idles."""

from collections.abc import Mapping, Sequence

from jobs.dispatcher.pace import Pace
from jobs.dispatcher.publish import Message, Released

_WORK = 0.1  # seconds of expected work in one message, at the most
_AT_MOST = 50  # jobs in one message
_CLAIMED_WORK = 0.005  # seconds of expected work that a worker claims at once
_LEAST = 1e-4  # seconds that even the shortest job costs


def messages(
    jobs: Sequence[Released], paces: Mapping[str, Pace], allowing: frozenset[str], slots: int
) -> list[Message]:
    """The jobs in release order, up to 50 short ones to a message.

    `allowing` are the tasks that do not forbid it. A job that stalled before travels alone, because its
    neighbours would pay for what it does to its process; so does one that Celery goes on from (a canvas).
    """
    short = {job.uid for job in jobs if _may_share(job, paces, allowing)}
    size = min(_AT_MOST, -(-len(short) // max(slots, 1)))
    if size < 2:
        return [Message([job]) for job in jobs]
    made: list[Message] = []
    open_message, expected = Message([]), 0.0
    for job in jobs:
        if job.uid not in short:
            made.append(Message([job]))
            continue
        seconds = max(paces[job.task].seconds, _LEAST)
        if not open_message.jobs or len(open_message.jobs) >= size or expected + seconds > _WORK:
            open_message, expected = Message([], max(1, int(_CLAIMED_WORK / seconds))), 0.0
            made.append(open_message)
        open_message.jobs.append(job)
        expected += seconds
    return made


def _may_share(job: Released, paces: Mapping[str, Pace], allowing: frozenset[str]) -> bool:
    pace = paces.get(job.task)
    return pace is not None and pace.short and job.task in allowing and not job.stalls and not job.has_canvas
