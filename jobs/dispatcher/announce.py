"""Telling the world after the fold: waiting callers, and web processes with browsers to serve."""

import json
from collections.abc import Sequence

import redis

from jobs.dispatcher.fold import Folded
from jobs.fence import keys
from jobs.fence.events import Event
from jobs.states import TERMINAL


def folded(client: "redis.Redis", events: Sequence[Event], result: Folded) -> None:
    """One message per queue: up to which cursor the log is folded, and which jobs ended."""
    upto = {event.queue: event.cursor for event in events}
    done: dict[str, list[str]] = {queue: [] for queue in upto}
    for job in result.moved:
        if job.state in TERMINAL:
            done.setdefault(job.queue, []).append(job.uid)
    pipeline = client.pipeline(transaction=False)
    for queue, uids in done.items():
        pipeline.publish(keys.folded(queue), json.dumps({"upto": upto.get(queue, ""), "done": uids}))
    pipeline.execute()
