"""JSON-RPC 2.0 over the node: one call or a batch, each answered on its own."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.evm import rendering
from sandbox.evm.constants import CHAIN_ID
from sandbox.evm.errors import INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, RpcError
from sandbox.evm.node import Node
from sandbox.evm.params import Params, as_int

TIP = 1_000_000_000  # wei per gas that the node suggests
_MOST_HISTORY = 1024


def answer(node: Node, body: bytes) -> Any:
    """The answer to a request's body; a batch gets a list."""
    try:
        request = json.loads(body)
    except ValueError:
        return _failed(None, RpcError(PARSE_ERROR, "parse error"))
    if isinstance(request, list) and request:
        return [_one(node, call) for call in request]
    return _one(node, request)


def _one(node: Node, call: Any) -> dict[str, Any]:
    if not isinstance(call, dict) or not isinstance(call.get("method"), str):
        return _failed(None, RpcError(INVALID_REQUEST, "invalid request"))
    number = call.get("id")
    try:
        with node.lock:
            return {"jsonrpc": "2.0", "id": number, "result": _result(node, call)}
    except RpcError as error:
        return _failed(number, error)


def _result(node: Node, call: dict[str, Any]) -> Any:
    name, params = call["method"], call.get("params") or []
    method = METHODS.get(name)
    if method is None:
        raise RpcError(METHOD_NOT_FOUND, f"the method {name} does not exist/is not available")
    if not isinstance(params, list):
        raise RpcError(INVALID_REQUEST, "non-array args")
    return method(node, Params(params))


def _failed(number: Any, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": error.as_json()}


def _transaction_count(node: Node, params: Params) -> str:
    address = params.data(0, 20)
    if params.is_pending(1):
        return hex(node.pending_nonce(address))
    return hex(node.nonce(address, params.block(1)))


def _transaction(node: Node, params: Params) -> Any:
    found = node.find(params.data(0, 32))
    return None if found is None else rendering.transaction(*found)


def _receipt(node: Node, params: Params) -> Any:
    found = node.find(params.data(0, 32))
    if found is None or found[0] is None:
        return None
    return rendering.receipt(found[0], node.receipts(found[0]), found[2])


def _block(node: Node, params: Params) -> Any:
    number = params.block(0)
    block = node.block(node.head().block_number if number is None else number)
    return None if block is None else rendering.block(block, full=bool(params.get(1, False)))


def _fee_history(node: Node, params: Params) -> dict[str, Any]:
    """Base fees of the blocks asked for and of the one after them; rewards are what the node suggests."""
    newest = params.block(1)
    last = node.head().block_number if newest is None else newest
    count = min(_MOST_HISTORY, last + 1, as_int(params.get(0, "0x1"), "blockCount"))
    headers = [node.block(number).header for number in range(last - count + 1, last + 1)]
    percentiles = params.get(2, [])
    return {
        "oldestBlock": hex(last - count + 1),
        "baseFeePerGas": [hex(header.base_fee_per_gas) for header in headers] + [hex(node.base_fee())],
        "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        "reward": [[hex(TIP) for _ in percentiles] for _ in headers],
    }


METHODS: dict[str, Callable[[Node, Params], Any]] = {
    "web3_clientVersion": lambda _node, _: "millrace-sandbox/py-evm",
    "net_version": lambda _node, _: str(CHAIN_ID),
    "eth_chainId": lambda _node, _: hex(CHAIN_ID),
    "eth_syncing": lambda _node, _: False,
    "eth_blockNumber": lambda node, _: hex(node.head().block_number),
    "eth_gasPrice": lambda node, _: hex(node.base_fee() + TIP),
    "eth_maxPriorityFeePerGas": lambda _node, _: hex(TIP),
    "eth_feeHistory": _fee_history,
    "eth_getBalance": lambda node, p: hex(node.state(p.block(1)).get_balance(p.data(0, 20))),
    "eth_getCode": lambda node, p: rendering.data(node.state(p.block(1)).get_code(p.data(0, 20))),
    "eth_getTransactionCount": _transaction_count,
    "eth_estimateGas": lambda node, p: hex(node.estimate(p.request(0))),
    "eth_call": lambda node, p: rendering.data(node.call(p.request(0), p.block(1))),
    "eth_sendRawTransaction": lambda node, p: rendering.data(node.send(p.data(0))),
    "eth_getTransactionByHash": _transaction,
    "eth_getTransactionReceipt": _receipt,
    "eth_getBlockByNumber": _block,
}
