"""A contract on its way: stored, and its deployment enqueued."""

from dataclasses import dataclass

from django.db import transaction

from execution.models import Contract
from execution.services.contracts.deploy import ContractDraft, store_contract
from execution.tasks.contracts import deploy_contract
from jobs.queries.finding import jobs_of_correlation


@dataclass(frozen=True)
class DeploymentStarted:
    """A contract and the job that deploys it; `created` is False when the request key was known."""

    contract: Contract
    job_id: str
    created: bool


@transaction.atomic
def start_deployment(draft: ContractDraft) -> DeploymentStarted:
    """Both or neither. Refused for a draft that makes no sense, or tags that are none."""
    contract, created = store_contract(draft)
    jobs = [] if created else jobs_of_correlation(contract.correlation_id)
    if jobs:
        return DeploymentStarted(contract, jobs[0].uid, created=False)
    options = {"correlation_id": contract.correlation_id, "tags": draft.tags}
    job = deploy_contract.using(**options).enqueue(contract_id=contract.uid, environment=draft.environment)
    return DeploymentStarted(contract, job.id, created)
