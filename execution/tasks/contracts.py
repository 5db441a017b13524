"""The job that brings a contract onto the chain."""

from typing import Literal

from celery import shared_task

from enrichment.providers.evm.node import node
from execution.services.contracts.deploy import DeploymentResult, deploy
from execution.services.sending.send import NonceUsed
from jobs import Snooze, Unique, progress


@shared_task(time_limit=600, stale_after=900, unique=Unique("contract_id"), subject="contract_id")
def deploy_contract(
    *, contract_id: str, environment: Literal["development", "staging", "production"] = "development"
) -> DeploymentResult:
    """Compile the source or take the bytecode, deploy, wait for the receipt, read the code back.

    `environment` and the job's tags decide its priority. A contract that does not compile, or whose
    constructor's arguments do not fit, fails for good.
    """

    def tell(confirmations: int, wanted: int) -> None:
        progress(0.4 + 0.5 * confirmations / wanted, f"{confirmations} of {wanted} confirmations")

    progress(0.1, "Compiling and sending")
    try:
        result = deploy(contract_id, node(), tell)
    except NonceUsed as error:
        raise Snooze(0.1, str(error)) from error
    progress(1, f"Deployed at {result.address}")
    return result
