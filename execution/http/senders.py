"""/senders: the accounts that may act; add a key or a smart account, remove one."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Path, Router
from ninja.responses import Status
from pydantic import StringConstraints

from enrichment.evm_addresses import EvmAddress
from enrichment.providers.evm.node import node
from execution.http.answers import SenderList, SenderOut
from execution.models import Wallet
from execution.queries.intents import senders
from execution.services.wallets.store import remove_wallet, store_key, store_smart_account
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_operate
from jobs.http.schemas import Strict

router = Router(by_alias=True, tags=["senders"])
Address = Annotated[EvmAddress, Path(description="The account's address.")]
Label = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]


class KeyIn(Strict):
    """A private key. It is stored encrypted, and never told again."""

    private_key: str = Field(max_length=200, description="0x and 64 hexadecimal digits.")
    label: Label = ""


class SmartAccountIn(Strict):
    """A contract that obeys an owner, whose key is here; the chain is asked whether it does."""

    address: EvmAddress
    owner: EvmAddress
    label: Label = ""


@router.get("", response={200: SenderList, **PROBLEMS})
def listing(request: HttpRequest) -> SenderList:
    """The accounts that may act: stored ones, those of the environment, and the local chain's samples."""
    return SenderList(items=[SenderOut.model_validate(sender) for sender in senders()])


@router.post("/keys", response={201: SenderOut, **PROBLEMS})
def add_key(request: HttpRequest, body: KeyIn) -> Status[SenderOut]:
    """Add an account by its private key; the same key again changes its label."""
    must_operate(request)
    return Status(201, _out(store_key(body.private_key, body.label)))


@router.post("/smart-accounts", response={201: SenderOut, **PROBLEMS})
def add_smart_account(request: HttpRequest, body: SmartAccountIn) -> Status[SenderOut]:
    """Add a smart account; 422 names what the chain says against it."""
    must_operate(request)
    return Status(201, _out(store_smart_account(body.address, body.owner, node(), body.label)))


@router.delete("/{address}", response={204: None, **PROBLEMS})
def remove(request: HttpRequest, address: Address) -> Status[None]:
    """Forget a stored account with its key; 409 while something of it is under way."""
    must_operate(request)
    remove_wallet(address)
    return Status(204, None)


def _out(row: Wallet) -> SenderOut:
    return SenderOut(address=row.address, label=row.label, kind=row.kind, origin="stored", owner=row.owner)
