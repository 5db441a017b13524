"""Stores contracts, and brings them onto the chain."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils import timezone

from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Call
from execution.models import ChainTransaction, Contract
from execution.services.contracts.abi import Abi, check_abi, constructor_data
from execution.services.contracts.compile import compile_source
from execution.services.sending.policy import GasPolicy
from execution.services.sending.run import Request, run
from execution.services.sending.wait import OnWait, mined_form
from execution.services.wallets.kinds import wallet_at
from jobs.errors import Permanent, Refused, Transient
from jobs.ids import new_id

CONFIRMATIONS = {"development": 1, "staging": 2, "production": 5}
State = Contract.State


@dataclass(frozen=True)
class ContractDraft:
    """A contract as somebody hands it in: `source`, or `bytecode` with `abi`."""

    name: str
    environment: str
    sender: str
    source: str = ""
    bytecode: str = ""
    abi: list[dict[str, Any]] = field(default_factory=list)
    arguments: list[Any] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    request_key: str | None = None


@dataclass(frozen=True)
class DeploymentResult:
    """Where the contract is."""

    contract_id: str
    address: str
    tx_hash: str
    block: int
    gas_used: int
    code_verified: bool


def store_contract(draft: ContractDraft) -> tuple[Contract, bool]:
    """The row of a contract, and whether it is new: the same `request_key` meets the first one.

    Refused, with nothing stored, when the draft makes no sense or its key was used for another contract.
    """
    if bool(draft.source.strip()) == bool(draft.bytecode):
        problem = "give the source, or the bytecode with its ABI"
        raise Refused(f"A contract is either: {problem}.", {"source": problem})
    if draft.bytecode:
        draft = replace(draft, source="")  # of blanks there is nothing to compile
        _check_bytecode(draft.bytecode)
        check_abi(draft.abi)
        constructor_data(draft.abi, draft.arguments)
    uid, values = new_id(), asdict(draft)
    fresh = {"uid": uid, "correlation_id": f"contract-{uid}", **values}
    if draft.request_key is None:
        return Contract.objects.create(**fresh), True
    row, created = Contract.objects.get_or_create(request_key=draft.request_key, defaults=fresh)
    if not created and not _is_same(row, draft):
        problem = "was used for another contract before"
        raise Refused(f"The request key {problem}.", {"requestKey": problem})
    return row, created


def _is_same(row: Contract, draft: ContractDraft) -> bool:
    """ABI and bytecode of a source are the compiler's."""
    names = {"name", "environment", "sender", "source", "arguments"}
    names |= set() if draft.source else {"abi", "bytecode"}
    return all(getattr(row, name) == getattr(draft, name) for name in names)


def contract_named(uid: str) -> Contract:
    """A contract. Permanent when there is none."""
    found = Contract.objects.filter(uid=uid).first()
    if found is None:
        raise Permanent(f"there is no contract {uid}")
    return found


def deploy(uid: str, node: Node, tell: OnWait) -> DeploymentResult:
    """Compile, deploy once, read the code back. May be called again after any end.

    Raises DoesNotCompile, and what `sending.run` raises; a contract that can never be deployed is marked first.
    """
    contract = contract_named(uid)
    try:
        runtime = _compiled(contract)
        data = contract.bytecode + _arguments(contract.abi, contract.arguments)
        row = run(_request(contract, data), node, tell)
        return _deployed(contract, row, node, runtime)
    except Permanent as error:
        _note_fault(contract, error, state=State.FAILED)
        raise
    except Transient as error:
        _note_fault(contract, error)  # of the last try: the next one may go better
        raise


def _request(contract: Contract, data: str) -> Request:
    wallet = wallet_at(contract.sender)
    confirmations = CONFIRMATIONS[contract.environment]
    return Request(f"contract:{contract.uid}", wallet, Call("", 0, data), confirmations, GasPolicy())


def _compiled(contract: Contract) -> str:
    """Bytecode and ABI are in the row afterwards; answers with the code that is to be on the chain, if known."""
    if not contract.source:
        return ""
    made = compile_source(contract.source, contract.name)
    contract.abi, contract.bytecode, contract.compiler = made.abi, made.bytecode, made.compiler
    values = {"abi": made.abi, "bytecode": made.bytecode, "compiler": made.compiler}
    if contract.state == State.RECEIVED:
        _write(contract, state=State.COMPILED, **values)
    return made.runtime


def _arguments(abi: Abi, arguments: Sequence[Any]) -> str:
    try:
        return constructor_data(abi, arguments)
    except Refused as refusal:
        raise Permanent(str(refusal)) from None


def _deployed(contract: Contract, row: ChainTransaction, node: Node, runtime: str) -> DeploymentResult:
    """Where it is is stored first: whatever the check finds, it is there and was paid for."""
    _, receipt = mined_form(row, node)
    _write(
        contract, address=row.contract_address, tx_hash=row.tx_hash, block_number=row.block_number,
        gas_used=row.gas_used, chain_id=row.chain_id, receipt=receipt.raw if receipt else None,
    )  # fmt: skip
    verified = _is_meant(contract, row, node, runtime)
    if not verified:
        _write(contract, code_verified=False)
        raise Permanent(f"the code at {row.contract_address} is not the one that was meant")
    _write(contract, state=State.DEPLOYED, error="", code_verified=True)
    block, gas = row.block_number or 0, row.gas_used or 0
    return DeploymentResult(contract.uid, row.contract_address, row.tx_hash, block, gas, verified)


def _is_meant(contract: Contract, row: ChainTransaction, node: Node, runtime: str) -> bool:
    """The code begins with the compiler's (immutables follow it). Of mere bytecode it is a part of it, or else
    what creating it on the state before its block gives: constructors may write into the code."""
    code = node.code(row.contract_address)
    if len(code) <= 2:
        return False
    if runtime:
        return code.startswith(runtime)
    if code[2:] in contract.bytecode.lower():
        return True
    return code == node.call(row.sender, Call("", 0, row.data), (row.block_number or 1) - 1)


def _check_bytecode(bytecode: str) -> None:
    try:
        bytes.fromhex(bytecode.removeprefix("0x"))
    except ValueError:
        fits = False
    else:
        fits = bytecode.startswith("0x") and len(bytecode) > 2
    if not fits:
        raise Refused(
            "The bytecode is no hexadecimal text that begins with 0x.", {"bytecode": "is no bytecode"}
        )


def _note_fault(contract: Contract, error: Exception, **values: object) -> None:
    """A run that was given up for dead may end after the one that took its place has deployed the contract."""
    undeployed = Contract.objects.filter(pk=contract.pk).exclude(state=State.DEPLOYED)
    undeployed.update(updated_at=timezone.now(), error=str(error), **values)


def _write(contract: Contract, **values: object) -> None:
    Contract.objects.filter(pk=contract.pk).update(updated_at=timezone.now(), **values)
