"""A flow as it is: the jobs of one correlation id, and who waits for whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.errors import NotFound
from jobs.models import Dependency, Job
from jobs.states import TERMINAL, State

_AT_MOST = 2000  # jobs of a flow that are shown


@dataclass(frozen=True)
class FlowNow:
    """One moment of a flow. `edges` are pairs of job ids: the first waits for the second."""

    id: str
    jobs: Sequence[Job]
    edges: Sequence[tuple[str, str]]

    @property
    def counts(self) -> dict[str, int]:
        """Jobs by state."""
        return dict(Counter(job.state for job in self.jobs))

    @property
    def stages(self) -> Sequence[Sequence[Job]]:
        """The jobs in the order in which they may run: each stage waits for earlier ones alone."""
        waits_for: dict[str, list[str]] = {}
        for job, child in self.edges:
            waits_for.setdefault(job, []).append(child)
        stage: dict[str, int] = {}
        left = [job.uid for job in self.jobs]
        while left:  # a graph without circles: every round places at least one
            ready = [uid for uid in left if all(child in stage for child in waits_for.get(uid, ()))]
            stage |= {uid: max((stage[c] + 1 for c in waits_for.get(uid, ())), default=0) for uid in ready}
            left = [uid for uid in left if uid not in stage] if ready else []
        count = max(stage.values(), default=-1) + 1
        return [[job for job in self.jobs if stage.get(job.uid) == number] for number in range(count)]

    @property
    def state(self) -> str:
        """`running` while any job has not ended; then the worst end of all."""
        states = {State(job.state) for job in self.jobs}
        if states - TERMINAL:
            return "running"
        worst = (State.FAILED, State.CANCELLED, State.COMPLETED)
        return str(next(state for state in worst if state in states))


def flow_of(correlation_id: str, at_most: int = _AT_MOST) -> FlowNow:
    """The flow, its jobs without their payloads. NotFound when no job has this correlation id."""
    rows = Job.objects.filter(correlation_id=correlation_id).defer("args", "kwargs", "options", "canvas")
    jobs = list(rows.order_by("id")[:at_most])
    if not jobs:
        raise NotFound(f"There is no flow {correlation_id!r}.")
    uids = {job.pk: job.uid for job in jobs}
    pairs = Dependency.objects.filter(parent__in=uids).order_by("id").values_list("parent_id", "child_id")
    edges = [(uids[parent], uids[child]) for parent, child in pairs if child in uids]
    return FlowNow(correlation_id, jobs, edges)
