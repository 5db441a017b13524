"""The methods about the chain as a whole."""

from typing import Any

from solders.hash import Hash

from sandbox.solana.clock import BLOCKHASH_LIFE
from sandbox.solana.node import Node
from sandbox.solana.rpc.context import API_VERSION, with_context
from sandbox.solana.rpc.errors import invalid
from sandbox.solana.rpc.params import Params


def get_health(node: Node, params: Params) -> Any:
    """The node is well while it answers."""
    return "ok"


def get_version(node: Node, params: Params) -> Any:
    """The software that this node stands in for."""
    return {"solana-core": API_VERSION, "feature-set": 3640012085}


def get_slot(node: Node, params: Params) -> Any:
    """The present slot; there is a block in every slot, so it is the block height as well."""
    return node.clock.slot()


def get_latest_blockhash(node: Node, params: Params) -> Any:
    """The blockhash to sign with, good for 150 slots."""
    height = node.clock.slot() + BLOCKHASH_LIFE
    return with_context(node, {"blockhash": str(node.clock.blockhash()), "lastValidBlockHeight": height})


def is_blockhash_valid(node: Node, params: Params) -> Any:
    """Whether a transaction with this blockhash may still land."""
    try:
        blockhash = Hash.from_string(params.required(0, str))
    except ValueError:
        raise invalid("Invalid param: Invalid") from None
    return with_context(node, node.clock.is_recent(blockhash))


def get_block_time(node: Node, params: Params) -> Any:
    """When a slot was."""
    slot = params.required(0, int)
    if slot > node.clock.slot():
        raise invalid(f"Block not available for slot {slot}")
    return node.clock.time_of(slot)


def get_genesis_hash(node: Node, params: Params) -> Any:
    """What tells this chain from others."""
    return str(node.clock.hash_of(0))
