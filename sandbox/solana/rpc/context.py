"""The envelope of answers that hold for a certain slot."""

from typing import Any

from sandbox.solana.node import Node

API_VERSION = "2.3.6"  # of the node software whose answers these are


def with_context(node: Node, value: Any) -> dict[str, Any]:
    """The value with the slot at which it was read."""
    return {"context": {"apiVersion": API_VERSION, "slot": node.clock.slot()}, "value": value}
