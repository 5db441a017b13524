"""Blocks, transactions and receipts as JSON-RPC shows them. https://ethereum.github.io/execution-apis/"""

from typing import Any

from eth_utils import keccak, to_checksum_address


def number(value: int) -> str:
    """A quantity."""
    return hex(value)


def data(value: bytes) -> str:
    """Bytes."""
    return "0x" + bytes(value).hex()


def address(value: bytes) -> str | None:
    """An address with its checksum; None for none (a contract is created)."""
    return to_checksum_address(value) if value else None


def block(found: Any, *, full: bool) -> dict[str, Any]:
    """A block, with its transactions or only their hashes."""
    header = found.header
    listed = enumerate(found.transactions)
    return {
        "number": number(header.block_number),
        "hash": data(header.hash),
        "parentHash": data(header.parent_hash),
        "timestamp": number(header.timestamp),
        "miner": address(header.coinbase or bytes(20)),
        "gasLimit": number(header.gas_limit),
        "gasUsed": number(header.gas_used),
        "baseFeePerGas": number(header.base_fee_per_gas),
        "stateRoot": data(header.state_root),
        "transactionsRoot": data(header.transaction_root),
        "receiptsRoot": data(header.receipt_root),
        "logsBloom": "0x" + int(header.bloom).to_bytes(256, "big").hex(),
        "sha3Uncles": data(header.uncles_hash),
        "extraData": data(header.extra_data),
        "nonce": data(header.nonce),
        "mixHash": data(header.mix_hash),
        "difficulty": "0x0",
        "size": "0x0",
        "uncles": [],
        "transactions": [transaction(found, tx, at) if full else data(tx.hash) for at, tx in listed],
    }


def transaction(found: Any, tx: Any, at: int) -> dict[str, Any]:
    """A transaction; without a block it is pending."""
    kind = getattr(tx, "type_id", None) or 0
    return {
        "hash": data(tx.hash),
        "type": number(kind),
        "chainId": number(tx.chain_id or 0),
        "nonce": number(tx.nonce),
        "from": address(tx.sender),
        "to": address(tx.to),
        "value": number(tx.value),
        "gas": number(tx.gas),
        "input": data(tx.data),
        "gasPrice": number(price(tx, found.header.base_fee_per_gas) if found else tx.max_fee_per_gas),
        "maxFeePerGas": number(tx.max_fee_per_gas),
        "maxPriorityFeePerGas": number(tx.max_priority_fee_per_gas),
        "v": number(tx.y_parity if kind else tx.v),
        "r": number(tx.r),
        "s": number(tx.s),
        "blockHash": data(found.hash) if found else None,
        "blockNumber": number(found.number) if found else None,
        "transactionIndex": number(at) if found else None,
    }


def receipt(found: Any, receipts: list[Any], at: int) -> dict[str, Any]:
    """What became of the transaction at a place of a block."""
    tx, own = found.transactions[at], receipts[at]
    before = receipts[at - 1].gas_used if at else 0
    first = sum(len(earlier.logs) for earlier in receipts[:at])
    return {
        "transactionHash": data(tx.hash),
        "transactionIndex": number(at),
        "blockHash": data(found.hash),
        "blockNumber": number(found.number),
        "from": address(tx.sender),
        "to": address(tx.to),
        "type": number(getattr(tx, "type_id", None) or 0),
        "status": number(int.from_bytes(own.state_root, "big")),
        "gasUsed": number(own.gas_used - before),
        "cumulativeGasUsed": number(own.gas_used),
        "effectiveGasPrice": number(price(tx, found.header.base_fee_per_gas)),
        "contractAddress": None if tx.to else address(created_by(tx)),
        "logsBloom": "0x" + int(own.bloom).to_bytes(256, "big").hex(),
        "logs": [_log(found, tx, at, first + place, log) for place, log in enumerate(own.logs)],
    }


def price(tx: Any, base_fee: int) -> int:
    """What a transaction paid per gas, in wei (EIP-1559)."""
    return int(min(tx.max_fee_per_gas, base_fee + tx.max_priority_fee_per_gas))


def created_by(tx: Any) -> bytes:
    """The address of the contract that a transaction creates: of its sender and nonce (yellow paper, 7)."""
    import rlp

    return bytes(keccak(rlp.encode([tx.sender, tx.nonce]))[12:])


def _log(found: Any, tx: Any, at: int, place: int, log: Any) -> dict[str, Any]:
    return {
        "address": address(log.address),
        "topics": ["0x" + int(topic).to_bytes(32, "big").hex() for topic in log.topics],
        "data": data(log.data),
        "logIndex": number(place),
        "removed": False,
        "transactionHash": data(tx.hash),
        "transactionIndex": number(at),
        "blockHash": data(found.hash),
        "blockNumber": number(found.number),
    }
