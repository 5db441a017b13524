"""What `/intents` and `/contracts` give. Names are camelCase on the wire; amounts are wei as text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from jobs.http.answers import Links

Wei = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]


class Answer(Schema):
    """Base of every answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class IntentOut(Answer):
    """An intent and where it is."""

    id: str
    kind: str
    state: str
    strategy: str
    chain_id: int | None
    sender: str
    recipient: str
    token: str
    amount: Wei
    data: str
    max_gas_price: Wei | None
    expires_at: datetime | None
    reasons: list[dict[str, str]]
    error: str
    correlation_id: str
    tx_hash: str
    block_number: int | None
    gas_used: int | None
    fee_paid: Wei | None
    created_at: datetime
    updated_at: datetime


class TrailJobOut(Answer):
    """One job of an intent."""

    id: str
    job_name: str
    queue_name: str
    state: str
    attempts: int
    reason: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: Links


class FormOut(Answer):
    """A signed form of the transaction; the bytes stay here. `fills`: it does nothing but spend the nonce."""

    number: int
    tx_hash: str
    max_fee: Wei
    tip: Wei
    fills: bool
    signed_at: datetime
    accepted_at: datetime | None


class TransactionOut(Answer):
    """The transaction of an intent."""

    state: str
    sender: str
    nonce: int
    gas: int
    tx_hash: str
    block_number: int | None
    gas_used: int | None
    error: str
    forms: list[FormOut]


class IntentDetail(Answer):
    """An intent with its whole trail."""

    intent: IntentOut
    jobs: list[TrailJobOut]
    transaction: TransactionOut | None


class SenderOut(Answer):
    """An account that may act; `owner` signs for a smart account."""

    address: str
    label: str
    kind: str
    origin: str
    owner: str = ""


class SenderList(Answer):
    """The accounts that may act."""

    items: list[SenderOut]


class IntentList(Answer):
    """A page of intents; `next` is the cursor of the page after it."""

    items: list[IntentOut]
    next: int | None
    senders: list[SenderOut]


class IntentStartedOut(Answer):
    """A new intent and the job that checks it; `created` is False when the request key was known."""

    id: str
    created: bool
    correlation_id: str
    job_id: str
    links: Links


class ContractOut(Answer):
    """A contract and where it is."""

    id: str
    name: str
    environment: str
    tags: list[str]
    state: str
    sender: str
    compiler: str
    arguments: list[Any]
    error: str
    correlation_id: str
    chain_id: int | None
    address: str
    tx_hash: str
    block_number: int | None
    gas_used: int | None
    code_verified: bool | None
    created_at: datetime
    updated_at: datetime


class ContractDetail(ContractOut):
    """A contract with what it was made from and its receipt."""

    source: str
    abi: list[dict[str, Any]]
    bytecode: str
    receipt: dict[str, Any] | None
    jobs: list[TrailJobOut]


class ContractList(Answer):
    """A page of contracts; `next` is the cursor of the page after it."""

    items: list[ContractOut]
    next: int | None


class DeploymentStartedOut(Answer):
    """A contract and the job that deploys it; `created` is False when the request key was known."""

    id: str
    created: bool
    correlation_id: str
    job_id: str
    links: Links


class ReadOut(Answer):
    """What a function answered; large numbers are text."""

    values: list[Any]
