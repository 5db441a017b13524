"""/contracts: deploy one, read it, call what only reads."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict, field_validator

from enrichment.evm_addresses import EvmAddress
from execution.flows.contracts import start_deployment
from execution.http import represent as own
from execution.http.answers import ContractDetail, ContractList, DeploymentStartedOut, ReadOut
from execution.queries.contracts import contract_of, newest_contracts, read_contract
from execution.services.contracts.compile import LONGEST
from execution.services.contracts.deploy import ContractDraft
from execution.tasks.contracts import deploy_contract
from jobs.http import represent
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_start
from jobs.http.schemas import Tag

router = Router(by_alias=True, tags=["contracts"])


class DeploymentIn(Schema):
    """Vyper source, or bytecode with its ABI. Large numbers and bytes among the arguments are text."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_. -]+$")
    environment: Literal["development", "staging", "production"] = "development"
    sender: EvmAddress
    source: str = Field("", max_length=LONGEST)
    bytecode: str = Field("", max_length=200_000)
    abi: list[dict[str, Any]] = Field(default_factory=list, max_length=500)
    arguments: list[Any] = Field(default_factory=list, max_length=50)
    tags: list[Tag] = Field(default_factory=list, max_length=20)
    request_key: str | None = Field(
        None, alias="requestKey", min_length=1, max_length=100, pattern=r"^[^\x00]+$",
        description="The same key never makes a second contract.",
    )  # fmt: skip

    @field_validator("source", "arguments", "abi")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if _holds_nul(value):
            raise ValueError("holds the character U+0000")
        return value


def _holds_nul(value: Any) -> bool:
    """PostgreSQL has no place for it. The parser has refused what nests too deeply for this."""
    if isinstance(value, str):
        return "\x00" in value
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return any(map(_holds_nul, parts))


class Wanted(Schema):
    """Which page of the list."""

    state: Literal["", "received", "compiled", "deployed", "failed"] = ""
    after: int | None = Field(None, ge=1, le=2**62, description="The cursor of the page before.")
    limit: int = Field(50, ge=1, le=200)


class ReadIn(Schema):
    """A function that only reads, with its arguments."""

    model_config = ConfigDict(extra="forbid")

    function: str = Field(min_length=1, max_length=100)
    arguments: list[Any] = Field(default_factory=list, max_length=50)


@router.get("", response={200: ContractList, **PROBLEMS})
def newest(request: HttpRequest, wanted: Query[Wanted]) -> ContractList:
    """Contracts, newest first."""
    rows = newest_contracts(wanted.state, wanted.after, wanted.limit)
    following = rows[-1].pk if len(rows) == wanted.limit else None
    return ContractList(items=[own.contract(row) for row in rows], next=following)


@router.post("", response={202: DeploymentStartedOut, **PROBLEMS})
def deploy(request: HttpRequest, wanted: DeploymentIn) -> Status[DeploymentStartedOut]:
    """Deploy a contract. `environment` and `tags` decide the job's priority; with a `requestKey` it is never
    deployed twice."""
    must_start(request, deploy_contract)
    started = start_deployment(ContractDraft(**wanted.model_dump()))
    return Status(
        202,
        DeploymentStartedOut(
            id=started.contract.uid,
            created=started.created,
            correlation_id=started.contract.correlation_id,
            job_id=started.job_id,
            links=represent.links(started.job_id),
        ),
    )


@router.get("/{uid}", response={200: ContractDetail, **PROBLEMS})
def read(request: HttpRequest, uid: str) -> ContractDetail:
    """One contract: where it is, its ABI, its receipt, the jobs that made it."""
    return own.contract_detail(contract_of(uid))


@router.post("/{uid}/read", response={200: ReadOut, **PROBLEMS})
def call(request: HttpRequest, uid: str, wanted: ReadIn) -> ReadOut:
    """What one of its functions answers now; nothing is sent."""
    return ReadOut(values=read_contract(contract_of(uid), wanted.function, wanted.arguments))
