"""The methods that run transactions."""

from collections.abc import Mapping
from typing import Any

from solders.keypair import Keypair
from solders.transaction import VersionedTransaction

from sandbox.solana.encoding import from_base58, from_base64
from sandbox.solana.node import Node, RejectedError
from sandbox.solana.rpc.accounts import shown
from sandbox.solana.rpc.context import with_context
from sandbox.solana.rpc.errors import PREFLIGHT_FAILURE, SIGNATURE_FAILURE, RpcError, invalid
from sandbox.solana.rpc.params import Params, pubkey

MOST_BYTES = 1232
MOST_AIRDROP = 10**15  # lamports
TEXTS = {
    "BlockhashNotFound": "Blockhash not found",
    "AlreadyProcessed": "This transaction has already been processed",
    "AccountNotFound": "Attempt to debit an account but found no record of a prior credit.",
    "InsufficientFundsForFee": "Insufficient funds for fee",
    "ProgramAccountNotFound": "Attempt to load a program that does not exist",
    "InvalidAccountForFee": "This account may not be used to pay transaction fees",
}
INSTRUCTION_TEXTS = {
    "InvalidAccountData": "invalid account data for instruction",
    "InvalidInstructionData": "invalid instruction data",
    "MissingRequiredSignature": "missing required signature for instruction",
    "InsufficientFunds": "insufficient funds for instruction",
    "InvalidArgument": "invalid program argument",
    "IncorrectProgramId": "incorrect program id for instruction",
    "UninitializedAccount": "instruction requires an initialized account",
}


def send_transaction(node: Node, params: Params) -> Any:
    """Check a transaction and run it; the answer is its signature."""
    options = params.options(1)
    transaction = decoded(params.required(0, str), str(options.get("encoding") or "base58"))
    if not all(transaction.verify_with_results()):
        raise RpcError(SIGNATURE_FAILURE, "Transaction signature verification failure")
    refusal = _refusal(node, transaction)
    if refusal is None and not options.get("skipPreflight"):
        simulated = node.simulate(transaction)
        refusal = simulated.error and RejectedError(simulated.error, simulated.logs, simulated.compute_units)
    if refusal is not None:
        if options.get("skipPreflight"):
            return str(transaction.signatures[0])  # the real network drops it without a word
        raise _preflight(refusal)
    return _run(node, transaction)


def simulate_transaction(node: Node, params: Params) -> Any:
    """What a transaction would do."""
    options = params.options(1)
    transaction = decoded(params.required(0, str), str(options.get("encoding") or "base58"))
    if options.get("sigVerify") and not all(transaction.verify_with_results()):
        raise RpcError(SIGNATURE_FAILURE, "Transaction signature verification failure")
    replaced = bool(options.get("replaceRecentBlockhash"))
    refusal = None if replaced else _refusal(node, transaction)
    if refusal is not None:
        return with_context(node, _simulated(refusal.error, [], 0, None))
    result = node.simulate(transaction)
    accounts = _accounts(node, options)
    return with_context(node, _simulated(result.error, result.logs, result.compute_units, accounts))


def request_airdrop(faucet: Keypair, node: Node, params: Params) -> Any:
    """Send SOL out of the faucet."""
    address, lamports = params.pubkey(0), params.required(1, int)
    if not 0 < lamports <= MOST_AIRDROP:
        raise invalid("Invalid request")
    try:
        record = node.airdrop(faucet, address, lamports)
    except RejectedError as refusal:
        raise _preflight(refusal) from None
    node.commit()
    return record.signature


def decoded(text: str, encoding: str) -> VersionedTransaction:
    """A transaction as it came over the wire."""
    decoders = {"base58": from_base58, "base64": from_base64}
    if encoding not in decoders:
        raise invalid(f"unsupported encoding: {encoding}. Supported encodings: base58, base64")
    try:
        raw = decoders[encoding](text)
    except ValueError as error:
        raise invalid(f"invalid {encoding} encoding: {error}") from None
    if len(raw) > MOST_BYTES:
        raise invalid(f"decoded VersionedTransaction too large: {len(raw)} bytes (max: {MOST_BYTES} bytes)")
    try:
        return VersionedTransaction.from_bytes(raw)
    except Exception as error:
        message = f"failed to deserialize solana_transaction::versioned::VersionedTransaction: {error}"
        raise invalid(message) from None


def _run(node: Node, transaction: VersionedTransaction) -> str:
    try:
        record = node.execute(transaction)
    except RejectedError:
        return str(transaction.signatures[0])  # only without preflight: dropped without a word
    node.commit()
    return record.signature


def _refusal(node: Node, transaction: VersionedTransaction) -> RejectedError | None:
    """Why a transaction may not even be tried."""
    if node.history.number_of(str(transaction.signatures[0])) is not None:
        return RejectedError("AlreadyProcessed", [], 0)
    if not node.clock.is_recent(transaction.message.recent_blockhash):
        return RejectedError("BlockhashNotFound", [], 0)
    return None


def _preflight(refusal: RejectedError) -> RpcError:
    message = f"Transaction simulation failed: {error_text(refusal.error)}"
    data = _simulated(refusal.error, refusal.logs, refusal.compute_units, None)
    return RpcError(PREFLIGHT_FAILURE, message, data)


def _simulated(error: Any, logs: list[str], units: int, accounts: Any) -> dict[str, Any]:
    return {
        "err": error,
        "logs": logs,
        "accounts": accounts,
        "unitsConsumed": units,
        "returnData": None,
        "innerInstructions": None,
        "replacementBlockhash": None,
    }


def _accounts(node: Node, options: Mapping[str, Any]) -> Any:
    wanted = options.get("accounts")
    if not wanted:
        return None
    encoding = wanted.get("encoding") or "base64"
    return [shown(node, node.account(pubkey(address)), encoding) for address in wanted["addresses"]]


def error_text(error: Any) -> str:
    """A transaction's error as the nodes say it in words."""
    if isinstance(error, str):
        return TEXTS.get(error, error)
    if "InstructionError" in error:
        index, detail = error["InstructionError"]
        return f"Error processing Instruction {index}: {_instruction_text(detail)}"
    if "InsufficientFundsForRent" in error:
        index = error["InsufficientFundsForRent"]["account_index"]
        return f"Transaction results in an account ({index}) with insufficient funds for rent"
    return str(error)


def _instruction_text(detail: Any) -> str:
    if isinstance(detail, str):
        return INSTRUCTION_TEXTS.get(detail, detail)
    return f"custom program error: {detail['Custom']:#x}" if "Custom" in detail else str(detail)
