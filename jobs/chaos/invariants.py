"""What must hold after any run, each as a pure function from the facts to those that break it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from jobs.chaos.facts import SERIES, AttemptRow, Facts, JobRow
from jobs.chaos.queues import KEYED, PAUSED, PER_KEY, QUEUES, RATE, RATED
from jobs.states import TERMINAL

_CLOCK = 0.005  # seconds: times of Valkey and PostgreSQL, both of this machine, in milliseconds
_LATENESS = 90.0  # seconds that a delayed job may come late under faults
_ENDS = {"completed", "failed", "cancelled", "expired"}
_COUNTED = {"completed", "failed", "retried"}
_ATTEMPTS = 6


@dataclass(frozen=True)
class Verdict:
    """`checked` things were looked at, `offenders` break the promise. `note` tells a measure or a tolerance."""

    number: int
    promise: str
    checked: int
    offenders: Sequence[str] = ()
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it. Nothing to look at proves nothing, and breaks nothing."""
        return not self.offenders


def judge(facts: Facts) -> list[Verdict]:
    """Every verdict, by number."""
    return [check(facts) for check in CHECKS]


def one_terminal_state(facts: Facts) -> Verdict:
    """1."""
    known = facts.answered("committed") | {uid for uid in facts.answered("unknown") if uid in facts.jobs}
    missing = [f"{uid}: no row" for uid in known if uid not in facts.jobs]
    live = [f"{job.uid}: {job.state}" for job in facts.jobs.values() if job.state not in TERMINAL]
    return Verdict(1, "every committed enqueue ends in exactly one state", len(known), [*missing, *live])


def one_outcome(facts: Facts) -> Verdict:
    """2."""
    offenders = []
    for uid, attempts in facts.attempts.items():
        ends = [attempt.run for attempt in attempts if attempt.outcome in _ENDS]
        if len(ends) > 1 or (ends and ends[0] != attempts[-1].run):
            offenders.append(f"{uid}: runs {ends} ended it, of {len(attempts)}")
    return Verdict(2, "never two committed outcomes of a job", len(facts.attempts), offenders)


def overlapping_runs(facts: Facts) -> Verdict:
    """3."""
    offenders, pairs = [], 0
    for uid, executions in facts.executions.items():
        outcomes = {attempt.run: attempt.outcome for attempt in facts.attempts.get(uid, ())}
        for one, other in combinations([e for e in executions if e.ended is not None], 2):
            if one.began < (other.ended or 0) and other.began < (one.ended or 0):
                pairs += 1
                if (
                    one.run == other.run
                    or (outcomes.get(one.run), outcomes.get(other.run)) == ("completed",) * 2
                ):
                    offenders.append(f"{uid}: runs {one.run} and {other.run}")
    return Verdict(3, "two executions that overlap never both commit", pairs, offenders)


def running_limit(facts: Facts) -> Verdict:
    """4."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for job in facts.jobs.values():
        if job.queue == KEYED:
            spans[facts.keys[job.uid]] += _spans(facts.attempts.get(job.uid, ()))
    offenders = [
        f"{key}: more than {PER_KEY} from {later[0]:.3f}"
        for key, of_key in spans.items()
        for earlier, later in pairwise(sorted(of_key))
        if later[0] < earlier[1] - _CLOCK
    ]
    return Verdict(4, "running jobs never exceed a limit", sum(map(len, spans.values())), offenders)


def rate(facts: Facts) -> Verdict:
    """5."""
    starts = sorted(s for job in facts.jobs.values() if job.queue == RATED for s, _ in _of(facts, job.uid))
    emptied = [line["at"] for line in facts.history if line.get("name") == "empty_valkey"]
    offenders = []
    for first in starts:
        count = sum(first <= start < first + RATE.seconds for start in starts)
        forgiven = any(moment - 1 <= first <= moment + 5 for moment in emptied)
        if count > RATE.limit * (2 if forgiven else 1):
            offenders.append(f"{count} starts in the second from {first:.3f}")
    note = "twice the rate is allowed around a moment at which Valkey lost what nobody had folded yet"
    return Verdict(5, "starts in any window never exceed the rate", len(starts), offenders, note)


def pauses(facts: Facts) -> Verdict:
    """6."""
    spans = [(p["acknowledged"], p["resumed"]) for p in facts.history if p["event"] == "paused"]
    offenders = [
        f"{job.uid} started at {start:.3f}"
        for job in facts.jobs.values()
        if job.queue == PAUSED
        for start, _ in _of(facts, job.uid)
        if any(since + _CLOCK < start < until - _CLOCK for since, until in spans)
    ]
    return Verdict(6, "no claim after a pause was acknowledged", len(spans), offenders)


def unique(facts: Facts) -> Verdict:
    """7."""
    lives = defaultdict(list)
    for job in facts.of_kind("unique"):
        lives[facts.keys[job.uid]].append((job.created, job.finished or float("inf"), job.uid))
    offenders = [
        f"{later[2]} beside {earlier[2]}"
        for of_key in lives.values()
        for earlier, later in pairwise(sorted(of_key))
        if later[0] < earlier[1] - _CLOCK
    ]
    met = sum(line["event"] == "met" for line in facts.history)
    checked = sum(map(len, lives.values()))
    return Verdict(
        7, "a unique key never has two live jobs", checked, offenders, f"{met} calls met a live one"
    )


def flows(facts: Facts) -> Verdict:
    """8."""
    asked = [line["uids"] for line in facts.history if line["event"] == "asked" and line["kind"] == "flow"]
    known = [uids for uids in asked if all(uid in facts.jobs for uid in uids)]
    return Verdict(
        8, "a parent runs once, when its policy is met", len(known), list(_bad_flows(facts, known))
    )


def _bad_flows(facts: Facts, flows: Iterable[Sequence[str]]) -> Iterator[str]:
    for parent, *children in flows:
        states = {facts.jobs[child].state for child in children}
        state = facts.jobs[parent].state
        began = [execution.began for execution in facts.executions.get(parent, ())]
        if states == {"completed"}:
            last = max(facts.jobs[child].finished or 0 for child in children)
            if state != "completed" or (began and min(began) < last - _CLOCK):
                yield f"{parent}: {state}, although its children completed before it or not"
        elif state != "failed" or began:
            yield f"{parent}: {state} after {len(began)} runs, with children {sorted(states)}"


def delays(facts: Facts) -> Verdict:
    """9. The note tells beside it how long jobs waited that were not delayed: both wait for their turn by age."""
    due = {
        uid: line["countdown"] for line in facts.history if line["event"] == "asked" for uid in line["uids"]
    }
    backlog = max((late for job in facts.of_kind("quick") for late in _waited(facts, job, 0.0)), default=0.0)
    offenders, latest, checked = [], 0.0, 0
    for job in facts.of_kind("delayed"):
        late = _waited(facts, job, due[job.uid])
        checked += len(late)
        latest = max([latest, *late])
        offenders += [
            f"{job.uid}: {lateness:+.3f} s" for lateness in late if not -_CLOCK <= lateness <= _LATENESS
        ]
    note = f"at most {latest:.1f} s; one that was not delayed waited up to {backlog:.1f} s"
    return Verdict(9, "a delayed job never starts early, and not too late", checked, offenders, note)


def _waited(facts: Facts, job: JobRow, delay: float) -> list[float]:
    """Seconds that a job's first start came after it was due; none when it never started."""
    return [start - job.created - delay for start, _ in _of(facts, job.uid)][:1]


def ticks(facts: Facts) -> Verdict:
    """10."""
    offenders = []
    for earlier, later in pairwise(facts.ticks):
        if earlier.schedule == later.schedule and later.due - earlier.due > 1.5 * _TICK:
            offenders.append(f"{later.schedule}: nothing between {earlier.due:.0f} and {later.due:.0f}")
    made = [tick.uid for tick in facts.ticks if tick.outcome == "enqueued"]
    offenders += [
        f"{tick.schedule} at {tick.due:.0f}: {tick.outcome}" for tick in facts.ticks if not tick.uid
    ]
    offenders += [f"{uid}: twice" for uid in {uid for uid in made if made.count(uid) > 1}]
    offenders += [f"{uid}: no such job" for uid in made if uid not in facts.jobs]
    return Verdict(10, "each tick enqueues once, as its policy says", len(facts.ticks), offenders)


_TICK = 2.0  # seconds: the run's schedule


def attempts(facts: Facts) -> Verdict:
    """11."""
    offenders = [
        f"{uid}: {job.attempt} attempts"
        for uid, job in facts.jobs.items()
        if (limit := facts.own_attempts if facts.kinds.get(uid) == "own" else _ATTEMPTS)
        and job.attempt > limit
    ]
    offenders += [
        f"{job.uid}: poison, {job.state} after {job.stalls} stalls"
        for job in facts.of_kind("poison")
        if (job.state, job.stalls, job.uid in facts.letters) != ("failed", 3, True)
    ]
    offenders += [
        f"{job.uid}: doomed, {job.state} after {job.attempt} attempts"
        for job in facts.of_kind("doomed")
        if (job.state, job.attempt, job.uid in facts.letters) != ("failed", _ATTEMPTS, True)
    ]
    promise = "attempts never exceed the maximum; poison ends in the dead letters"
    return Verdict(11, promise, len(facts.jobs), offenders)


def cancelled(facts: Facts) -> Verdict:
    """12."""
    gone = facts.answered("cancelled")
    offenders = [uid for uid in gone if facts.executions.get(uid) or facts.jobs[uid].state != "cancelled"]
    return Verdict(12, "cancelled before its start: it never starts", len(gone), offenders)


def browsers(facts: Facts) -> Verdict:
    """13."""
    seen = [line for line in facts.history if line["event"] == "seen"]
    offenders = [f"{line['queue']}: {line['fault']}" for line in seen if line["fault"]]
    checked = sum(line["events"] for line in seen)
    gaps = sum(line["gaps"] for line in seen)
    note = (
        f"{sum(line['resumed'] for line in seen)} reconnects, {gaps} gaps told where Valkey had lost its log"
    )
    return Verdict(13, "what a browser saw is in order, without a gap", checked, offenders, note)


def transactions(facts: Facts) -> Verdict:
    """14."""
    gone, kept = facts.answered("rolled-back"), facts.answered("committed")
    offenders = [f"{uid}: rolled back, and there" for uid in gone if uid in facts.jobs]
    offenders += [f"{uid}: committed, and not there" for uid in kept if uid not in facts.jobs]
    return Verdict(14, "rolled back: no job; committed: a job", len(gone) + len(kept), offenders)


def counters(facts: Facts) -> Verdict:
    """15."""
    offenders = []
    for job in facts.jobs.values():
        outcomes = [attempt.outcome for attempt in facts.attempts.get(job.uid, ())]
        counted = sum(outcome in _COUNTED for outcome in outcomes)
        told = (counted, outcomes.count("stalled"), outcomes.count("snoozed"), len(outcomes))
        if told != (job.attempt, job.stalls, job.snoozes, job.runs):
            offenders.append(f"{job.uid}: the history says {told}")
    for name, number in _history_of(facts).items():
        if facts.series.get(name, 0) != number:
            offenders.append(f"{name}: {facts.series.get(name, 0)} were counted, {number} happened")
    return Verdict(15, "counters equal the history", len(facts.jobs), offenders)


def _history_of(facts: Facts) -> dict[str, int]:
    """What the time series of the run's own queues should have counted."""
    own = {queue.name for queue in QUEUES}
    jobs = [job for job in facts.jobs.values() if job.queue in own]
    runs = [attempt for job in jobs for attempt in facts.attempts.get(job.uid, ())]
    happened = Counter(run.outcome for run in runs if run.outcome in {"completed", "retried", "stalled"})
    happened += Counter(job.state for job in jobs if job.state in {"failed", "cancelled"})
    happened += Counter(enqueued=len(jobs), started=sum(run.started is not None for run in runs))
    return {name: happened[name] for name in SERIES}


def _spans(attempts: Iterable[AttemptRow]) -> list[tuple[float, float]]:
    return [(attempt.started, attempt.ended) for attempt in attempts if attempt.started is not None]


def _of(facts: Facts, uid: str) -> list[tuple[float, float]]:
    return _spans(facts.attempts.get(uid, ()))


CHECKS: tuple[Callable[[Facts], Verdict], ...] = (
    one_terminal_state, one_outcome, overlapping_runs, running_limit, rate, pauses, unique, flows, delays, ticks,
    attempts, cancelled, browsers, transactions, counters,
)  # fmt: skip
