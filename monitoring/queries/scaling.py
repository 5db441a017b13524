"""The autoscaling signal of each queue."""

from collections.abc import Sequence
from datetime import timedelta

from jobs.queries.backlog import backlogs
from jobs.queries.breakers import breakers_or_none, holding_back
from jobs.queries.pace import Pace, paces
from jobs.queries.queue_settings import limits_of
from monitoring.queries.series import Numbers, rows, start_of, together
from monitoring.scaling import Load, Signal, signal
from monitoring.settings import objective_of

_RECENT = timedelta(minutes=15)  # that the mean run time is of


def signals(queues: Sequence[str]) -> dict[str, Signal]:
    """For each of these queues."""
    backlog, pace, limits, breakers = backlogs(queues), paces(queues), limits_of(queues), breakers_or_none()
    found = rows(queues, "minute", start_of("minute", _RECENT))
    mine: dict[str, list[Numbers]] = {name: [] for name in queues}
    for row in found:
        mine[row.queue].append(row.numbers)
    loads = {
        name: Load(
            waiting=backlog[name].waiting.value,
            active=backlog[name].active.value,
            arriving=pace.get(name, Pace()).arriving,
            finishing=pace.get(name, Pace()).finishing,
            seconds=together(mine[name]).mean_run,
            limits=limits[name],
            held_back=bool(holding_back(name, breakers)),
        )
        for name in queues
    }
    return {name: signal(load, objective_of(name).within) for name, load in loads.items()}
