"""A Solana node of one: LiteSVM runs the transactions, the node remembers them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from solders.account import Account
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM_PROGRAM
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction
from solders.transaction_metadata import (
    FailedTransactionMetadata,
    SimulatedTransactionInfo,
    TransactionMetadata,
)

from sandbox.solana.accounts import AccountBook
from sandbox.solana.clock import ChainClock
from sandbox.solana.encoding import to_base58
from sandbox.solana.history import History, Strength
from sandbox.solana.ledger import Ledger
from sandbox.solana.records import Effects, InnerInstruction, TokenBalance, TransactionRecord
from sandbox.solana.store import Store


class RejectedError(Exception):
    """A transaction did not land: `error` as the RPC shows it, and the program's log."""

    def __init__(self, error: Any, logs: list[str], compute_units: int) -> None:
        super().__init__(f"transaction rejected: {error}")
        self.error = error
        self.logs = logs
        self.compute_units = compute_units


@dataclass(frozen=True)
class Simulation:
    """What a transaction would do."""

    error: Any
    logs: list[str]
    compute_units: int


class Node:
    """Accounts, history and execution. Nothing is durable before `commit`."""

    def __init__(self, store: Store, clock: ChainClock) -> None:
        self.store = store
        self.clock = clock
        self.book = AccountBook()
        self.history = History(store)
        self.ledger = Ledger(store)
        self.svm = LiteSVM().with_transaction_history(0).with_blockhash_check(False)
        for address, account in store.accounts():
            self.place(address, account)
        self.book.take_changes()
        last = self.history.latest(1)
        if last:
            clock.tip = last[0].block_time

    def place(self, address: Pubkey, account: Account) -> None:
        """Put an account into the chain without a transaction, as a genesis block does."""
        self.svm.set_account(address, account)
        self.book.put(address, account)

    def fund(self, address: Pubkey, lamports: int) -> None:
        """Give an address lamports from nowhere, at genesis."""
        self.place(address, Account(lamports, b"", SYSTEM_PROGRAM, False, 2**64 - 1))

    def lamports(self, address: Pubkey) -> int:
        """The balance of any address, programs included."""
        return self.book.lamports(address) or self.svm.get_balance(address) or 0

    def account(self, address: Pubkey) -> Account | None:
        """The account at any address, programs included."""
        return self.book.account(address) or self.svm.get_account(address)

    def commit(self) -> None:
        """Make everything so far durable."""
        self.store.save_accounts(self.book.take_changes())
        self.store.commit()

    def simulate(self, transaction: VersionedTransaction) -> Simulation:
        """What the transaction would do now; nothing changes."""
        self._set_time(self.clock.now())
        result = self.svm.simulate_transaction(transaction)
        meta = result.meta()
        error = None if isinstance(result, SimulatedTransactionInfo) else error_of(result)
        return Simulation(error, meta.logs(), meta.compute_units_consumed())

    def execute(self, transaction: VersionedTransaction) -> TransactionRecord:
        """Run a transaction and remember it, failed or not; raises RejectedError when it cannot land."""
        moment = self.clock.now()
        self._set_time(moment)
        keys = list(transaction.message.account_keys)
        before_lamports, before_tokens = self._balances(keys)
        result = self.svm.send_transaction(transaction)
        meta = result if isinstance(result, TransactionMetadata) else result.meta()
        error = None if isinstance(result, TransactionMetadata) else error_of(result)
        if error is not None and meta.fee() == 0:
            raise RejectedError(error, meta.logs(), meta.compute_units_consumed())
        for key in _writable(transaction):
            self.book.put(key, self.svm.get_account(key))
        after_lamports, after_tokens = self._balances(keys)
        effects = Effects(
            error=error,
            fee=meta.fee(),
            pre_lamports=before_lamports,
            post_lamports=after_lamports,
            pre_tokens=before_tokens,
            post_tokens=after_tokens,
            logs=meta.logs(),
            inner=_inner(meta),
            compute_units=meta.compute_units_consumed(),
        )
        return self._remember(transaction, moment, effects)

    def airdrop(self, faucet: Keypair, address: Pubkey, lamports: int) -> TransactionRecord:
        """Send SOL from the faucet, as an ordinary transaction."""
        move = transfer(TransferParams(from_pubkey=faucet.pubkey(), to_pubkey=address, lamports=lamports))
        blockhash = self.clock.blockhash()
        message = Message.new_with_blockhash([move], faucet.pubkey(), blockhash)
        return self.execute(versioned(Transaction([faucet], message, blockhash)))

    def _remember(
        self, transaction: VersionedTransaction, moment: int, effects: Effects
    ) -> TransactionRecord:
        slot = self.clock.slot_at(moment)
        number, position = self.history.next_place(slot)
        signature = str(transaction.signatures[0])
        record = TransactionRecord(number, signature, slot, position, moment, bytes(transaction), effects)
        self.history.append(record, mentions_of(record))
        self.clock.tip = moment
        return record

    def _balances(self, keys: Iterable[Pubkey]) -> tuple[list[int], list[TokenBalance]]:
        lamports, tokens = [], []
        for index, key in enumerate(keys):
            lamports.append(self.lamports(key))
            token = self.book.token(key)
            mint = self.book.mint(token.mint) if token else None
            if token and mint:
                identity = (str(token.mint), str(token.owner), str(token.program))
                tokens.append(TokenBalance(index, *identity, token.amount, mint.decimals))
        return lamports, tokens

    def _set_time(self, moment: int) -> None:
        clock = self.svm.get_clock()
        if clock.unix_timestamp != moment:
            clock.unix_timestamp, clock.slot = moment, self.clock.slot_at(moment)
            self.svm.set_clock(clock)


def versioned(transaction: Transaction) -> VersionedTransaction:
    """A legacy transaction in the type that can hold both kinds."""
    return VersionedTransaction.from_bytes(bytes(transaction))


def error_of(failure: FailedTransactionMetadata) -> Any:
    """A transaction's error in the JSON form of the RPC, such as {"InstructionError": [0, {"Custom": 1}]}."""
    return json.loads(failure.to_json())["err"]


def mentions_of(record: TransactionRecord) -> dict[str, Strength]:
    """Every address that the transaction has to do with, and how closely."""
    found: dict[str, Strength] = {}
    for balance, change in record.token_changes().values():
        strength = Strength.TOKEN_BALANCE if change else Strength.TOKEN_ACCOUNT
        found[balance.owner] = max(strength, found.get(balance.owner, strength))
    return found | dict.fromkeys(record.addresses, Strength.MENTIONED)


def _writable(transaction: VersionedTransaction) -> list[Pubkey]:
    """The accounts that a transaction may change, by its header."""
    message = transaction.message
    header, keys = message.header, list(message.account_keys)
    signers = header.num_required_signatures
    first_readonly_signer = signers - header.num_readonly_signed_accounts
    first_readonly = len(keys) - header.num_readonly_unsigned_accounts
    return keys[:first_readonly_signer] + keys[signers:first_readonly]


def _inner(meta: TransactionMetadata) -> dict[int, list[InnerInstruction]]:
    return {
        index: [
            InnerInstruction(
                item.instruction().program_id_index,
                list(item.instruction().accounts),
                to_base58(bytes(item.instruction().data)),
                item.stack_height(),
            )
            for item in group
        ]
        for index, group in enumerate(meta.inner_instructions())
        if group
    }
