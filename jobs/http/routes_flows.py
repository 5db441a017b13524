"""/flows: a graph of jobs, started at once and read as it is."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from jobs import audit
from jobs.http import represent, starting
from jobs.http.answers import PROBLEMS, FlowEdge, FlowOut, FlowStarted
from jobs.http.auth import must_operate
from jobs.http.schemas import FlowIn, Text
from jobs.ids import new_id
from jobs.queries.flows import flow_of
from jobs.store.insert import Enqueued

router = Router(by_alias=True, tags=["flows"])


@router.post("", response={202: FlowStarted, **PROBLEMS})
def start(request: HttpRequest, response: HttpResponse, body: FlowIn) -> Status[FlowStarted]:
    """Start a graph of jobs, all or none. Each runs when those that it comes after ended as its policy asks."""
    must_operate(request, *starting.queues_of(body.jobs))
    flow_id = body.correlation_id or new_id()
    with transaction.atomic():
        ids = starting.start_flow(body.jobs, flow_id)
        audit.record("start", f"flow {flow_id}", jobs=len(ids))
    response["Location"] = request.build_absolute_uri(f"{request.path.rstrip('/')}/{flow_id}")
    jobs = {name: represent.started(Enqueued(uid, created=True)) for name, uid in ids.items()}
    return Status(202, FlowStarted(id=flow_id, jobs=jobs))


@router.get("/{flow}", response={200: FlowOut, **PROBLEMS})
def read(request: HttpRequest, flow: Text) -> FlowOut:
    """A flow by its id: the correlation id of its jobs."""
    now = flow_of(flow)
    return FlowOut(
        id=now.id,
        state=now.state,
        counts=now.counts,
        jobs=[represent.job(row) for row in now.jobs],
        edges=[FlowEdge(job=job, after=child) for job, child in now.edges],
    )
