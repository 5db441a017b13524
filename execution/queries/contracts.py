"""Contracts, and reading from them."""

from collections.abc import Sequence
from typing import Any

from enrichment.providers.evm.errors import NodeRefused
from enrichment.providers.evm.node import node
from enrichment.providers.evm.records import Call
from execution.models import Contract
from execution.services.contracts.abi import decode_answer, encode_call, function_named
from jobs.errors import JobError, NotFound, Refused, Transient, Unavailable


def contract_of(uid: str) -> Contract:
    """One contract. NotFound when there is none."""
    found = Contract.objects.filter(uid=uid).first() if uid.isprintable() else None
    if found is None:
        raise NotFound(f"There is no contract {uid}.")
    return found


def newest_contracts(state: str = "", before: int | None = None, limit: int = 50) -> list[Contract]:
    """A page of contracts, newest first; `before` is the key of the last one seen."""
    rows = Contract.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    return list((rows.filter(id__lt=before) if before else rows)[:limit])


def read_contract(contract: Contract, function: str, arguments: Sequence[Any]) -> list[Any]:
    """What a function that only reads answers now.

    Refused for a function that is none or writes, arguments that do not fit, or a contract that refuses;
    Unavailable when the node does not answer.
    """
    if not contract.address:
        raise Refused("The contract is not on the chain yet.", {"contract": "not deployed"})
    entry = function_named(contract.abi, function, len(arguments))
    if entry.get("stateMutability") not in {"view", "pure"}:
        raise Refused(f"{function} changes the chain: send an intent.", {"function": "does not only read"})
    data = encode_call(contract.abi, function, arguments)
    try:
        answer = node().call(contract.sender, Call(contract.address, data=data))
    except NodeRefused as error:
        raise Refused(str(error), {"function": str(error)}) from None
    except (Transient, JobError) as error:
        raise Unavailable(str(error)) from None
    return decode_answer(contract.abi, function, len(arguments), answer)
