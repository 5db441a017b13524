"""From rows to answers."""

from analysis.models import Intent
from execution.http.answers import (
    ContractDetail,
    ContractOut,
    FormOut,
    IntentDetail,
    IntentOut,
    TrailJobOut,
    TransactionOut,
)
from execution.models import Contract
from execution.queries.intents import Trail
from jobs.http import represent
from jobs.models import Job
from jobs.queries.finding import jobs_of_correlation


def intent(row: Intent) -> IntentOut:
    """An intent in a list."""
    names = [name for name in IntentOut.model_fields if name not in {"id", "strategy"}]
    own = {name: getattr(row, name) for name in names}
    return IntentOut(id=row.uid, strategy=row.strategy.name, **own)


def trail(found: Trail) -> IntentDetail:
    """An intent with everything."""
    row = found.transaction
    forms = [FormOut.model_validate(form) for form in found.forms]
    names = [name for name in TransactionOut.model_fields if name != "forms"]
    return IntentDetail(
        intent=intent(found.intent),
        jobs=[job(each) for each in found.jobs],
        transaction=TransactionOut(forms=forms, **{name: getattr(row, name) for name in names})
        if row
        else None,
    )


def contract(row: Contract) -> ContractOut:
    """A contract in a list."""
    own = {name: getattr(row, name) for name in ContractOut.model_fields if name != "id"}
    return ContractOut(id=row.uid, **own)


def contract_detail(row: Contract) -> ContractDetail:
    """A contract with everything."""
    names = [name for name in ContractDetail.model_fields if name not in {"id", "jobs"}]
    jobs = [job(each) for each in jobs_of_correlation(row.correlation_id)]
    return ContractDetail(id=row.uid, jobs=jobs, **{name: getattr(row, name) for name in names})


def job(row: Job) -> TrailJobOut:
    """A job of a trail."""
    return TrailJobOut(
        id=row.uid, job_name=row.short_task, queue_name=row.queue, state=row.state, attempts=row.attempt,
        reason=row.reason, created_at=row.created_at, started_at=row.started_at,
        finished_at=row.finished_at, links=represent.links(row.uid),
    )  # fmt: skip
