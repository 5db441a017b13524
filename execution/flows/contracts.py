"""A contract on its way: stored, and its deployment enqueued."""

from dataclasses import dataclass

from django.db import transaction

from execution.models import Contract
from execution.services.contracts.deploy import ContractDraft, store_contract
from execution.tasks.contracts import deploy_contract


@dataclass(frozen=True)
class DeploymentStarted:
    """A new contract and the job that deploys it."""

    contract: Contract
    job_id: str


@transaction.atomic
def start_deployment(draft: ContractDraft) -> DeploymentStarted:
    """Both or neither. Refused for a draft that makes no sense, or tags that are none."""
    contract = store_contract(draft)
    options = {"correlation_id": contract.correlation_id, "tags": draft.tags}
    job = deploy_contract.using(**options).enqueue(contract_id=contract.uid, environment=draft.environment)
    return DeploymentStarted(contract, job.id)
