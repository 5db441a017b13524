"""Why a job is where it is: a pure function over the facts, in the order in which they decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs.limits import Block
from jobs.states import State


@dataclass(frozen=True)
class Reason:
    """One reason. `code` is stable, for programs; `until` is when it ends by itself, if that is known."""

    code: str
    sentence: str
    until: datetime | None = None
    advice: str = ""


@dataclass(frozen=True)
class Past:
    """A run that ended: its outcome and why."""

    run: int
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class Child:
    """A job that is waited for."""

    uid: str
    task: str
    state: str


@dataclass(frozen=True)
class Around:
    """What the system says about the queue: None stands for "nobody could tell"."""

    reachable: bool = True
    led: bool | None = None
    slots: int | None = None
    draining: bool = False
    closed_because: str = ""  # what the operator said who paused or drains the queue
    block: Block | None = None  # of the queue
    key_block: Block | None = None
    task_block: Block | None = None
    ahead: int | None = None
    ahead_at_least: bool = False
    released: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of a job. `key` is what the queue's limits per key count it by."""

    state: State
    queue: str
    task: str
    key: str = ""
    reason: str = ""
    run_at: datetime | None = None
    worker: str = ""
    breakers: Sequence[str] = ()  # those that are not closed and guard the job
    cancelling: str = ""  # why somebody asked a run to end
    attempt: int = 0
    max_attempts: int | None = None
    past: Sequence[Past] = ()
    children: Sequence[Child] = ()
    pending_children: int = 0
    blocked_until: Mapping[str, datetime] = field(default_factory=dict)  # moments of blocks, by their code
    around: Around = field(default_factory=Around)


def explain(facts: Facts) -> list[Reason]:
    """The reasons, the one that decides first. Never empty."""
    reasons = list(_of_state(facts))
    again = _ran_again(facts)
    return [*reasons, again] if again else reasons


def _of_state(facts: Facts) -> Iterator[Reason]:
    match facts.state:
        case State.WAITING:
            yield from _waiting(facts)
        case State.DELAYED:
            yield _delayed(facts)
        case State.BLOCKED:
            yield _blocked(facts)
        case State.ACTIVE:
            asked = f" It was asked to end: {facts.cancelling}." if facts.cancelling else ""
            yield Reason("running", f"It runs on {facts.worker or 'a worker'}.{asked}")
        case State.COMPLETED:
            yield Reason("completed", f"It completed on {_times(max(1, len(facts.past)), 'run')}.")
        case State.CANCELLED:
            yield Reason("cancelled", f"It was cancelled: {facts.reason or 'by hand'}.")
        case State.FAILED:
            yield _failed(facts)


def _waiting(facts: Facts) -> Iterator[Reason]:
    around = facts.around
    if not around.reachable:
        yield Reason(
            "redis-away", "Redis does not answer; it starts when Redis is back.", advice="Start Redis."
        )
        return
    if around.led is False:
        advice = "Start one: manage.py dispatcher."
        yield Reason("no-dispatcher", f"No dispatcher leads the queue {facts.queue}.", advice=advice)
    yield from _kept_back(facts)
    if around.slots == 0:
        advice = f"Start one: celery -A config worker -Q {facts.queue}."
        yield Reason("no-worker", f"No worker serves the queue {facts.queue}.", advice=advice)
    if around.released:
        yield Reason("released", "It is released: the next free worker slot takes it.")
    elif around.ahead:
        more = "More than " if around.ahead_at_least else ""
        are = "is" if around.ahead == 1 else "are"
        yield Reason("ahead", f"{more}{_times(around.ahead, 'job')} {are} ahead of it by priority and age.")
    else:
        yield Reason("next", "It is the next of its queue.")


def _kept_back(facts: Facts) -> Iterator[Reason]:
    around, queue = facts.around, f"the queue {facts.queue}"
    for name in facts.breakers:
        advice = f"manage.py queues breaker {name} closed"
        yield Reason("breaker", f"The breaker {name} is open: too many calls failed.", advice=advice)
    if around.draining:
        advice = f"manage.py queues resume {facts.queue}"
        yield Reason("draining", f"It came after {queue} was told to drain{_because(around)}.", advice=advice)
    for block, whose, code in (
        (around.block, queue, "queue"),
        (around.key_block, f"the key {facts.key!r}", "key"),
        (around.task_block, f"the task {facts.task}", "task"),
    ):
        if block is not None:
            yield _of_block(block, whose, code, facts)


def _because(around: Around) -> str:
    return f": {around.closed_because.rstrip('.')}" if around.closed_because else ""


def _of_block(block: Block, whose: str, code: str, facts: Facts) -> Reason:
    until = facts.blocked_until.get(code)
    upto = f" until {until:%H:%M:%S}" if until else ""
    name = f"{code}-{block.kind}"
    match block.kind:
        case "paused":
            advice = f"manage.py queues resume {facts.queue}"
            return Reason("paused", f"{_upper(whose)} is paused{_because(facts.around)}.", advice=advice)
        case "held":
            return Reason(name, f"A provider asked {whose} to wait{upto}.", until)
        case "running":
            return Reason(
                name, f"{_upper(whose)} runs {block.used} of {block.limit} jobs that it may at once."
            )
        case _:
            return Reason(name, f"The rate of {whose}, {block.limit}, is used up{upto}.", until)


def _delayed(facts: Facts) -> Reason:
    last = facts.past[-1] if facts.past else None
    if last is not None and last.outcome == "retried":
        limit = f" of {facts.max_attempts - 1}" if facts.max_attempts else ""
        return Reason("retry", f"Retry {facts.attempt}{limit} is due, because {last.why}.", facts.run_at)
    if last is not None and last.outcome == "snoozed":
        return Reason("snoozed", f"It waits without using an attempt: {last.why}.", facts.run_at)
    return Reason("delayed", "It is not due yet.", facts.run_at)


def _blocked(facts: Facts) -> Reason:
    unfinished = [child for child in facts.children if State(child.state) not in _ENDED]
    total = max(len(facts.children), facts.pending_children)
    if facts.children and not unfinished:
        advice = "manage.py jobs doctor"
        return Reason("stuck", "It waits for jobs that have all ended.", advice=advice)
    named = ", ".join(f"{child.task} ({child.state})" for child in unfinished[:3])
    left = len(unfinished) or facts.pending_children
    more = f", and {left - 3} more" if left > 3 else ""
    return Reason("children", f"It waits for {left} of {_times(total, 'job')}: {named}{more}.")


def _failed(facts: Facts) -> Reason:
    last = facts.past[-1] if facts.past else None
    why = (last.why if last else "") or facts.reason
    return Reason("failed", f"It failed after {_times(facts.attempt or len(facts.past), 'attempt')}: {why}")


def _ran_again(facts: Facts) -> Reason | None:
    earlier = facts.past[:-1] if facts.state in _ENDED else facts.past
    if not earlier or facts.state == State.DELAYED:
        return None
    told = "; ".join(
        f"run {past.run} {past.outcome}{f' ({past.why})' if past.why else ''}" for past in earlier[-3:]
    )
    left_out = f"the last of {len(earlier)}: " if len(earlier) > 3 else ""
    return Reason("ran-again", f"Why it ran more than once: {left_out}{told}.")


_ENDED = {State.COMPLETED, State.FAILED, State.CANCELLED}


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_plain(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """For programs."""
    return [vars(reason) for reason in reasons]
