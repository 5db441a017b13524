"""JSON-RPC 2.0: one call or a batch of calls, each answered on its own."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from solders.keypair import Keypair

from sandbox.solana.node import Node
from sandbox.solana.rpc import accounts, chain, for_address, history, sending, tokens
from sandbox.solana.rpc.errors import INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, RpcError
from sandbox.solana.rpc.params import Params

Method = Callable[[Node, Params], Any]
METHODS: dict[str, Method] = {
    "getHealth": chain.get_health,
    "getVersion": chain.get_version,
    "getGenesisHash": chain.get_genesis_hash,
    "getSlot": chain.get_slot,
    "getBlockHeight": chain.get_slot,
    "getLatestBlockhash": chain.get_latest_blockhash,
    "isBlockhashValid": chain.is_blockhash_valid,
    "getBlockTime": chain.get_block_time,
    "getBalance": accounts.get_balance,
    "getAccountInfo": accounts.get_account_info,
    "getMultipleAccounts": accounts.get_multiple_accounts,
    "getMinimumBalanceForRentExemption": accounts.get_minimum_balance_for_rent_exemption,
    "getTokenAccountsByOwner": tokens.get_token_accounts_by_owner,
    "getTokenAccountBalance": tokens.get_token_account_balance,
    "getTokenSupply": tokens.get_token_supply,
    "getTokenLargestAccounts": tokens.get_token_largest_accounts,
    "getSignaturesForAddress": history.get_signatures_for_address,
    "getTransaction": history.get_transaction,
    "getSignatureStatuses": history.get_signature_statuses,
    "getTransactionsForAddress": for_address.get_transactions_for_address,
    "sendTransaction": sending.send_transaction,
    "simulateTransaction": sending.simulate_transaction,
}


class RpcService:
    """Answers calls with one node."""

    def __init__(self, node: Node, faucet: Keypair) -> None:
        self._node = node
        self._methods = METHODS | {"requestAirdrop": partial(sending.request_airdrop, faucet)}

    def answer(self, body: bytes) -> Any:
        """The answer to a request's body; a batch gets a list."""
        try:
            request = json.loads(body)
        except ValueError:
            return _failed(None, RpcError(PARSE_ERROR, "Parse error"))
        if isinstance(request, list) and request:
            return [self._one(call) for call in request]
        return self._one(request)

    def _one(self, call: Any) -> dict[str, Any]:
        if (
            not isinstance(call, dict)
            or call.get("jsonrpc") != "2.0"
            or not isinstance(call.get("method"), str)
        ):
            return _failed(None, RpcError(INVALID_REQUEST, "Invalid request"))
        number = call.get("id")
        try:
            return {"jsonrpc": "2.0", "result": self._call(call), "id": number}
        except RpcError as error:
            return _failed(number, error)

    def _call(self, call: dict[str, Any]) -> Any:
        method = self._methods.get(call["method"])
        if method is None:
            raise RpcError(METHOD_NOT_FOUND, "Method not found")
        params = call.get("params") or []
        if not isinstance(params, list):
            raise RpcError(INVALID_REQUEST, "Invalid params: expected a sequence.")
        return method(self._node, Params(params))


def _failed(number: Any, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "error": error.as_json(), "id": number}
