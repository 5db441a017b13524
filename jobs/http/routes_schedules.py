"""/schedules: what ticks when; run, enable and disable."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status

from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_operate
from jobs.http.schemas import Camel, Text
from jobs.scheduling.firing import fire_by_hand
from jobs.scheduling.listing import ScheduleFacts, find_schedule, queue_of, schedule_named, schedules, switch
from jobs.scheduling.policy import Missed, Overlap
from jobs.store.insert import Enqueued

router = Router(by_alias=True, tags=["schedules"])

Name = Annotated[Text, Path(description="The schedule's name.")]


class ScheduleOut(Camel):
    """A schedule with its policy. `missed` and `skipped` count ticks that enqueued nothing."""

    name: str
    task: str
    queue_name: str | None
    times: str
    enabled: bool
    next_due: datetime | None
    last_due: datetime | None
    last_job_id: str | None
    missed: int
    skipped: int
    missed_policy: Missed
    missed_window_seconds: float
    overlap_policy: Overlap
    jitter_seconds: float


class Schedules(Camel):
    """Every schedule by its name."""

    items: list[ScheduleOut]


@router.get("", response={200: Schedules, **PROBLEMS})
def listing(request: HttpRequest) -> Schedules:
    """Every schedule: next, last and missed runs."""
    return Schedules(items=[_out(facts) for facts in schedules()])


@router.post("/{name}/run", response={202: Started, **PROBLEMS})
def run(request: HttpRequest, name: Name) -> Status[Started]:
    """Enqueue the schedule's job now, beside its ticks."""
    schedule = find_schedule(name)
    must_operate(request, queue_of(schedule))
    by_hand = fire_by_hand(schedule)
    return Status(202, represent.started(Enqueued(by_hand.job_uid, created=not by_hand.reason)))


@router.post("/{name}/enable", response={200: ScheduleOut, **PROBLEMS})
def enable(request: HttpRequest, name: Name) -> ScheduleOut:
    """Let the schedule tick."""
    must_operate(request, queue_of(find_schedule(name)))
    switch(name, enabled=True)
    return _out(schedule_named(name))


@router.post("/{name}/disable", response={200: ScheduleOut, **PROBLEMS})
def disable(request: HttpRequest, name: Name) -> ScheduleOut:
    """Stop the schedule's ticks."""
    must_operate(request, queue_of(find_schedule(name)))
    switch(name, enabled=False)
    return _out(schedule_named(name))


def _out(facts: ScheduleFacts) -> ScheduleOut:
    policy, last = facts.policy, facts.last
    return ScheduleOut(
        name=facts.name,
        task=facts.task,
        queue_name=facts.queue,
        times=facts.times,
        enabled=facts.enabled,
        next_due=facts.next_due,
        last_due=last.due if last else None,
        last_job_id=last.job_uid if last else None,
        missed=facts.missed,
        skipped=facts.skipped,
        missed_policy=Missed(policy.missed),
        missed_window_seconds=policy.window,
        overlap_policy=Overlap(policy.overlap),
        jitter_seconds=policy.jitter,
    )
