"""The chain itself: py-evm with proof of stake's rules, its state in the store. Imported when it is needed."""

from collections.abc import Iterable
from typing import Any

from eth.chains.base import MiningChain
from eth.constants import ZERO_HASH32
from eth.db.atomic import AtomicDB
from eth.exceptions import CanonicalHeadNotFound
from eth.vm.forks import PragueVM
from eth_tester.backends.pyevm.main import get_default_genesis_params
from eth_utils import ValidationError, to_canonical_address

from sandbox.evm.accounts import BALANCE, Account
from sandbox.evm.constants import CHAIN_ID, GAS_LIMIT
from sandbox.evm.store import Store

GENESIS_TIME = 1_761_955_200  # 2025-11-01: a chain begins before anybody uses it


class LocalChain(MiningChain):
    """Blocks of a constant gas limit."""

    chain_id = CHAIN_ID
    vm_configuration: Any = ((0, PragueVM),)

    def create_header_from_parent(self, parent_header: Any, **params: Any) -> Any:
        """See the class."""
        return super().create_header_from_parent(parent_header, **{**params, "gas_limit": GAS_LIMIT})


def open_chain(store: Store, accounts: Iterable[Account]) -> Any:
    """The chain in a store; in an empty one it begins."""
    database = AtomicDB(store)
    try:
        return LocalChain(database)
    except CanonicalHeadNotFound:
        chain = LocalChain.from_genesis(database, _genesis(), _funded(accounts))
        store.commit()
        return chain


def append_block(chain: Any, transactions: Iterable[Any], moment: int) -> tuple[Any, list[Any], list[Any]]:
    """A new block out of these transactions, in their order: the block, what is in it, what it cannot take.

    Transactions that no longer fit into the block are left out of all lists: their turn comes again.
    """
    header = chain.create_header_from_parent(chain.get_canonical_head(), timestamp=moment)
    vm = chain.get_vm(header)
    taken, receipts, impossible = [], [], []
    for transaction in transactions:
        if header.gas_used + transaction.gas > GAS_LIMIT:
            break
        snapshot = vm.state.snapshot()
        try:
            receipt, _ = vm.apply_transaction(header, transaction)
        except ValidationError:
            vm.state.revert(snapshot)
            impossible.append(transaction)
            continue
        header = vm.add_receipt_to_header(header, receipt)
        taken.append(transaction)
        receipts.append(receipt)
    block = vm.set_block_transactions_and_withdrawals(vm.get_block(), header, taken, receipts)
    mined = vm.mine_block(block).block
    chain.chaindb.persist_block(mined)
    chain.header = chain.create_header_from_parent(mined.header)
    return mined, taken, impossible


def _genesis() -> dict[str, Any]:
    wanted = {"timestamp": GENESIS_TIME, "gas_limit": GAS_LIMIT, "extra_data": b"", "mix_hash": ZERO_HASH32}
    params: dict[str, Any] = get_default_genesis_params(wanted)
    return params


def _funded(accounts: Iterable[Account]) -> dict[Any, Any]:
    return {
        to_canonical_address(account.address): {"balance": BALANCE, "nonce": 0, "code": b"", "storage": {}}
        for account in accounts
    }
