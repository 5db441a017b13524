"""A node of one: it takes transactions in, puts them into blocks when it is told to, and answers questions."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from eth.exceptions import HeaderNotFound, Revert, TransactionNotFound, VMError
from eth.vm.spoof import SpoofTransaction
from eth_utils import ValidationError

from sandbox.evm.accounts import Account
from sandbox.evm.chain import append_block, open_chain
from sandbox.evm.constants import CHAIN_ID, GAS_LIMIT, REST_AFTER
from sandbox.evm.errors import REVERTED, RpcError, refused
from sandbox.evm.pool import Pool, cost
from sandbox.evm.revert import reason_of
from sandbox.evm.store import Store

LOWEST_TIP = 1  # wei


class Node:
    """The chain, the pool and their file. Whoever calls holds `lock`; `mine` takes it itself."""

    def __init__(
        self, folder: Path, accounts: Sequence[Account], wall: Callable[[], float] = time.time
    ) -> None:
        self.lock = threading.RLock()
        self._wall = wall
        self._store = Store(folder)
        self.chain = open_chain(self._store, accounts)
        self._decode = self._vm().get_transaction_builder().decode
        self.pool = Pool()
        for raw in self._store.pending():
            self.pool.add(self._decode(raw))
        self._quiet = 0  # blocks without a transaction since the last one with some

    # -- transactions ----------------------------------------------------------------------------------

    def send(self, raw: bytes) -> bytes:
        """Take a signed transaction into the pool; answers with its hash. RpcError in geth's words."""
        transaction = self._understood(raw)
        self._check(transaction)
        replaced = self.pool.add(transaction)
        if replaced is not None:
            self._store.forget_pending([replaced.hash])
        self._store.keep_pending(transaction.hash, raw)
        self._store.commit()
        digest: bytes = transaction.hash
        return digest

    def mine(self) -> Any:
        """Put what is ready into a new block; None when the chain rests."""
        with self.lock:
            if not len(self.pool) and self._quiet >= REST_AFTER:
                return None
            head = self.head()
            moment = max(int(self._wall()), head.timestamp + 1)
            fee = self.chain.create_header_from_parent(head).base_fee_per_gas
            block, taken, impossible = append_block(self.chain, self.pool.ready(self.nonce, fee), moment)
            self._forget([*taken, *impossible, *self.pool.outdated(self.nonce)])
            self._store.commit()
            self._quiet = 0 if taken else self._quiet + 1
            return block

    def find(self, digest: bytes) -> tuple[Any, Any, int] | None:
        """A transaction with its block and its place in it; block None while it is in the pool."""
        place = self._mined_at(digest)
        if place is None:
            pending = self.pool.get(digest)
            return None if pending is None else (None, pending, 0)
        block = self.chain.get_canonical_block_by_number(place[0])
        return block, block.transactions[place[1]], place[1]

    def receipts(self, block: Any) -> list[Any]:
        """The receipts of a block, in the order of its transactions."""
        return list(block.get_receipts(self.chain.chaindb))

    # -- state -----------------------------------------------------------------------------------------

    def head(self) -> Any:
        """The newest block's header."""
        return self.chain.get_canonical_head()

    def block(self, number: int) -> Any:
        """A block by its number; None when there is none yet."""
        with suppress(HeaderNotFound):
            return self.chain.get_canonical_block_by_number(number)
        return None

    def state(self, number: int | None = None) -> Any:
        """The state after a block; after the newest one without a number."""
        header = self.head() if number is None else self._header(number)
        return self._vm(header).state

    def nonce(self, address: bytes, number: int | None = None) -> int:
        """The next nonce of an account by the blocks alone."""
        return int(self.state(number).get_nonce(address))

    def pending_nonce(self, address: bytes) -> int:
        """The next nonce of an account, those in the pool counted."""
        return self.pool.next_nonce(address, self.nonce(address))

    def base_fee(self) -> int:
        """What the next block burns per gas, in wei."""
        return int(self.chain.create_header_from_parent(self.head()).base_fee_per_gas)

    def call(self, request: dict[str, Any], number: int | None = None) -> bytes:
        """Run a call on the state after a block, and forget it. RpcError when it reverts."""
        header = self.head() if number is None else self._header(number)
        vm = self._vm(header)
        sender = request["from"]
        if vm.state.get_balance(sender) < request["value"]:
            raise refused("insufficient funds for transfer")
        vm.state.set_balance(sender, vm.state.get_balance(sender) + _FEES)  # nobody pays for a question
        try:
            asked = self._unsigned(vm, request, header.base_fee_per_gas)
            computation = vm.state.apply_transaction(asked)
        except ValidationError as error:
            raise refused(str(error)) from error
        if computation.is_error:
            raise _failed(computation.error)
        output: bytes = computation.output
        return output

    def estimate(self, request: dict[str, Any]) -> int:
        """The gas that a call needs. RpcError when it reverts or its sender cannot pay the value."""
        header = self.head()
        vm = self._vm(header)
        if vm.state.get_balance(request["from"]) < request["value"]:
            raise refused("insufficient funds for transfer")
        try:
            return int(self.chain.estimate_gas(self._unsigned(vm, request, 0), header))
        except (VMError, ValidationError) as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    # -- inside ----------------------------------------------------------------------------------------

    def _vm(self, header: Any = None) -> Any:
        return self.chain.get_vm(header or self.head())

    def _header(self, number: int) -> Any:
        try:
            return self.chain.get_canonical_block_header_by_number(number)
        except HeaderNotFound:
            raise refused("header not found") from None

    def _mined_at(self, digest: bytes) -> tuple[int, int] | None:
        try:
            number, index = self.chain.chaindb.get_transaction_index(digest)
        except TransactionNotFound:
            return None
        return int(number), int(index)

    def _understood(self, raw: bytes) -> Any:
        try:
            transaction = self._decode(raw)
            transaction.check_signature_validity()
            transaction.sender  # noqa: B018 -- recovered from the signature: a wrong one shows here
        except Exception as error:
            raise refused(f"rlp: {error}" if str(error) else "invalid sender") from error
        return transaction

    def _check(self, transaction: Any) -> None:
        """The rules of geth's pool, in its words and its order."""
        if transaction.chain_id not in (CHAIN_ID, None):
            raise refused(f"invalid chain id for signer: have {transaction.chain_id} want {CHAIN_ID}")
        if transaction.gas > GAS_LIMIT:
            raise refused("exceeds block gas limit")
        if transaction.max_fee_per_gas < transaction.max_priority_fee_per_gas:
            raise refused("max priority fee per gas higher than max fee per gas")
        if transaction.max_priority_fee_per_gas < LOWEST_TIP:
            tip = transaction.max_priority_fee_per_gas
            raise refused(f"transaction underpriced: gas tip cap {tip}, minimum needed {LOWEST_TIP}")
        if transaction.gas < transaction.intrinsic_gas:
            raise refused(
                f"intrinsic gas too low: gas {transaction.gas}, minimum needed {transaction.intrinsic_gas}"
            )
        nonce = self.nonce(transaction.sender)
        if transaction.nonce < nonce:
            raise refused(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}")
        balance = self.state().get_balance(transaction.sender)
        needed = cost(transaction) + self.pool.spending_before(transaction.sender, transaction.nonce)
        if balance < needed:
            short = f"balance {balance}, tx cost {needed}, overshot {needed - balance}"
            raise refused(f"insufficient funds for gas * price + value: {short}")

    def _unsigned(self, vm: Any, request: dict[str, Any], fee: int) -> Any:
        bare = vm.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=CHAIN_ID, nonce=vm.state.get_nonce(request["from"]), gas=request["gas"] or GAS_LIMIT,
            max_fee_per_gas=fee, max_priority_fee_per_gas=0, to=request["to"], value=request["value"],
            data=request["data"], access_list=(),
        )  # fmt: skip
        return SpoofTransaction(bare, from_=request["from"])

    def _forget(self, transactions: Sequence[Any]) -> None:
        for transaction in transactions:
            self.pool.remove(transaction)
        self._store.forget_pending([transaction.hash for transaction in transactions])


_FEES = 10**30  # wei: more than any call could cost


def _failed(error: Any) -> RpcError:
    """Why a call failed, as geth says it."""
    if isinstance(error, Revert):
        data: bytes = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
        reason = reason_of(data)
        return RpcError(REVERTED, f"execution reverted{f': {reason}' if reason else ''}", "0x" + data.hex())
    if isinstance(error, ValidationError):
        return refused(str(error))
    name = type(error).__name__
    return refused({"OutOfGas": "out of gas", "InvalidInstruction": "invalid opcode"}.get(name, f"{name}"))
