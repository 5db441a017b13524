"""The seeded world: its parties, its coins and pools, and how a transaction enters the chain."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from solders.account import Account
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from spl.token.constants import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT

from sandbox.solana.ledger import Entry
from sandbox.solana.node import Node
from sandbox.solana.pools import SOL, WRAPPED_SOL, Asset, Pool
from sandbox.solana.records import TransactionRecord
from sandbox.solana.seeding.coins import COINS, Coin
from sandbox.solana.seeding.keys import address, keypair
from sandbox.solana.tokens import pack_mint

USDC_MINT = Pubkey.from_string("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")  # as on the main network
USDC = Asset("USDC", USDC_MINT, 6)
SOL_START_PRICE = 150.0  # USDC
RENT_EPOCH = 2**64 - 1
MINT_RENT = 1_461_600  # lamports for the 82 bytes of a mint


@dataclass(frozen=True)
class Token:
    """A token of the world as the market-data services know it."""

    asset: Asset
    name: str


class Directory:
    """Every address of the seeded world; follows from the seed alone, so a restart needs no seeding."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.faucet = self.key("faucet")
        self.exchange = self.key("exchange")
        self.issuer = self.key("issuer")
        self.assets = {coin.symbol: self._asset(coin) for coin in COINS}
        self.tokens = [
            Token(WRAPPED_SOL, "Wrapped SOL"),
            Token(USDC, "USD Coin"),
            *(Token(self.assets[coin.symbol], coin.name) for coin in COINS),
        ]
        quotes = {"native": SOL, "wrapped": WRAPPED_SOL, "USDC": USDC}
        self.pools = {coin.symbol: self._pool(self.assets[coin.symbol], quotes[coin.quote]) for coin in COINS}
        self.sol_usdc = self._pool(WRAPPED_SOL, USDC)
        self.cross = self._pool(self.assets["KITE"], self.assets["PEBL"])  # PEBL is the quote here

    def key(self, name: str) -> Keypair:
        """The keypair of a named party."""
        return keypair(self.seed, name)

    def all_pools(self) -> list[Pool]:
        """Every pool, launched or not."""
        return [self.sol_usdc, *self.pools.values(), self.cross]

    def _asset(self, coin: Coin) -> Asset:
        program = TOKEN_2022_PROGRAM_ID if coin.token_2022 else TOKEN_PROGRAM_ID
        return Asset(coin.symbol, self.key(f"mint/{coin.symbol}").pubkey(), coin.decimals, program)

    def _pool(self, base: Asset, quote: Asset) -> Pool:
        name = f"{base.symbol}/{quote.symbol}"
        return Pool(name, self.key(f"pool/{name}"), base, quote)


class World:
    """The directory, the node, and the moving present of the seeding."""

    def __init__(self, node: Node, directory: Directory, start: int, end: int) -> None:
        self.node = node
        self.directory = directory
        self.start = start
        self.end = end
        self.time = start
        self.watched: set[str] = set()  # wallets that have a ledger
        self.open_pools: list[Pool] = []
        node.clock.wall = lambda: self.time

    def random(self, name: str) -> random.Random:
        """A party's own source of chance, independent of what the others do."""
        return random.Random(f"{self.directory.seed}:{name}")  # noqa: S311 -- a repeatable world, no secrets

    def submit(
        self,
        signers: Sequence[Keypair],
        instructions: Sequence[Instruction],
        entries: Sequence[Entry] = (),
        *,
        v0: bool = False,
    ) -> TransactionRecord:
        """Run a transaction paid by the first signer and write what it means into the ledger."""
        transaction = self._signed(signers, instructions, v0=v0)
        while self.node.history.number_of(str(transaction.signatures[0])):
            self.time = self.node.clock.now() + 1
            transaction = self._signed(signers, instructions, v0=v0)
        record = self.node.execute(transaction)
        mine = [entry for entry in entries if entry.wallet in self.watched]
        self.node.ledger.append(record.number, self._with_costs(record, mine))
        return record

    def genesis(self) -> None:
        """Put in place what no transaction made: the mints of SOL and USDC, and the first lamports."""
        issuer = address(self.directory.issuer)
        for mint, decimals, authority in ((WRAPPED_SOL_MINT, 9, None), (USDC_MINT, 6, issuer)):
            data = pack_mint(decimals, authority)
            self.node.place(mint, Account(MINT_RENT, data, TOKEN_PROGRAM_ID, False, RENT_EPOCH))
        for party, sol in (("faucet", 400_000_000), ("exchange", 5_000_000), ("issuer", 10_000)):
            self.node.fund(address(self.directory.key(party)), sol * 10**9)

    def _signed(
        self, signers: Sequence[Keypair], instructions: Sequence[Instruction], *, v0: bool
    ) -> VersionedTransaction:
        payer, blockhash = address(signers[0]), self.node.clock.blockhash()
        if v0:
            message: Message | MessageV0 = MessageV0.try_compile(payer, list(instructions), [], blockhash)
        else:
            message = Message.new_with_blockhash(list(instructions), payer, blockhash)
        keys = {address(signer): signer for signer in signers}
        required = message.account_keys[: message.header.num_required_signatures]
        content = to_bytes_versioned(message)
        return VersionedTransaction.populate(message, [keys[key].sign_message(content) for key in required])

    def _with_costs(self, record: TransactionRecord, entries: list[Entry]) -> list[Entry]:
        """Charge fee and rent to the first entry of the wallet that paid them."""
        payer = record.addresses[0]
        for position, entry in enumerate(entries):
            if entry.wallet == payer:
                charged = replace(entry, fee_lamports=record.effects.fee, rent_lamports=self._rent(record))
                return [*entries[:position], charged, *entries[position + 1 :]]
        return entries

    def _rent(self, record: TransactionRecord) -> int:
        """Lamports that went into new token accounts, less those that came out of closed ones."""
        effects, rent = record.effects, 0
        had_tokens = {balance.index for balance in effects.pre_tokens}
        for index, key in enumerate(record.keys):
            token = self.node.book.token(key)
            if token and not effects.pre_lamports[index]:
                rent += token.native_reserve or effects.post_lamports[index]
            elif index in had_tokens and not effects.post_lamports[index]:
                rent -= effects.pre_lamports[index]
        return rent
