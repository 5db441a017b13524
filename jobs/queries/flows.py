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
    def state(self) -> str:
        """`running` while any job has not ended; then the worst end of all."""
        states = {State(job.state) for job in self.jobs}
        if states - TERMINAL:
            return "running"
        worst = (State.FAILED, State.CANCELLED, State.COMPLETED)
        return str(next(state for state in worst if state in states))


def flow_of(correlation_id: str) -> FlowNow:
    """The flow. NotFound when no job has this correlation id."""
    jobs = list(Job.objects.filter(correlation_id=correlation_id).order_by("id")[:_AT_MOST])
    if not jobs:
        raise NotFound(f"There is no flow {correlation_id!r}.")
    uids = {job.pk: job.uid for job in jobs}
    rows = Dependency.objects.filter(parent__in=uids).order_by("id").values_list("parent_id", "child_id")
    edges = [(uids[parent], uids[child]) for parent, child in rows if child in uids]
    return FlowNow(correlation_id, jobs, edges)
