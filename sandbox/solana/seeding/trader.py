"""What a trader can do: each act is one transaction, and its meaning goes into the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from spl.memo.constants import MEMO_PROGRAM_ID
from spl.memo.instructions import create_memo
from spl.memo.models import MemoParams
from spl.token.constants import WRAPPED_SOL_MINT
from spl.token.instructions import close_account
from spl.token.models import CloseAccountParams

from sandbox.solana.ledger import Entry
from sandbox.solana.pools import SOL, WRAPPED_SOL, Asset, Leg, Pool
from sandbox.solana.seeding.keys import address
from sandbox.solana.seeding.world import USDC, World
from sandbox.solana.swaps import move, open_account, swap_instructions, unwrap, wrap, wrapping_needed

RESERVE = 30_000_000  # lamports a trader keeps for fees and rent
PRIORITY_PRICE = 50_000  # micro-lamports per compute unit
PRIORITY_LIMIT = 200_000  # compute units


class Trader:
    """One wallet of the seeded world."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.key: Keypair = world.directory.key(f"wallet/{name}")
        self.address: Pubkey = address(self.key)
        self.rng = world.random(f"wallet/{name}")
        self.keeps_wrapped = False  # keeps its account for wrapped SOL open between trades
        self.hurries = False  # pays a priority fee
        self.modern = False  # sends version 0 transactions
        self.tidies = False  # closes the token account after selling out
        world.watched.add(str(self.address))

    def rhythm(self, shortest: float, longest: float) -> Iterator[int]:
        """Moments from now to the end of the seeded time, so many hours apart."""
        moment = self.world.time + int(self.rng.uniform(0, longest) * 3600)
        while moment < self.world.end:
            yield moment
            moment = max(moment, self.world.time) + int(self.rng.uniform(shortest, longest) * 3600)

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def holds(self, asset: Asset) -> int:
        """What the wallet has of an asset, in base units; of SOL what it may spend."""
        book = self.world.node.book
        spendable = max(0, book.lamports(self.address) - RESERVE)
        if asset.native:
            return spendable
        token = book.token(asset.vault_of(self.address))
        return (token.amount if token else 0) + (spendable if asset is WRAPPED_SOL else 0)

    def deposit(self, sol: float) -> None:
        """Receive SOL from the exchange."""
        exchange = self.world.directory.exchange
        lamports = int(sol * 10**9)
        entry = Entry(str(self.address), "transfer", str(WRAPPED_SOL_MINT), lamports, direction="in",
                      counterparty=str(address(exchange)), note="deposit")  # fmt: skip
        self.world.submit([exchange], [move(SOL, address(exchange), self.address, lamports)], [entry])

    def deposit_dollars(self, dollars: float) -> None:
        """Receive USDC from the exchange."""
        exchange = self.world.directory.exchange
        amount = int(dollars * 10**6)
        entry = Entry(str(self.address), "transfer", str(USDC.mint), amount, direction="in",
                      counterparty=str(address(exchange)), note="deposit")  # fmt: skip
        opening = open_account(address(exchange), self.address, USDC)
        self.world.submit([exchange], [opening, move(USDC, address(exchange), self.address, amount)], [entry])

    def buy(self, pool: Pool, amount: int) -> None:
        """Spend so much of a pool's quote, or all there is; nothing when there is nothing."""
        amount = min(amount, self.holds(pool.quote))
        if amount > 0:
            self.swap([pool.swap(self.world.node, pool.quote, amount)])

    def buy_sol(self, pool: Pool, sol: float) -> None:
        """Spend so many whole SOL (of a USDC pool: their worth at the start in USDC)."""
        unit = 150 * 10**6 if pool.quote is USDC else 10**9
        self.buy(pool, int(sol * unit))

    def sell(self, pool: Pool, share: float = 1.0) -> None:
        """Sell a share of what the wallet has of a pool's base."""
        held = self.holds(pool.base)
        amount = held if share >= 1 else int(held * share)
        leg = pool.swap(self.world.node, pool.base, amount) if amount else None
        if leg and leg.amount_out:
            closing = self.tidies and amount == held
            self.swap([leg], after=[self._close(pool.base)] if closing else [])

    def hop(self, first: Pool, second: Pool, share: float) -> None:
        """Change one coin into another through SOL in one transaction."""
        amount = int(self.holds(first.base) * share)
        one = first.swap(self.world.node, first.base, amount)
        if one.amount_out and one.amount_out < self.holds(SOL):
            two = second.swap(self.world.node, second.quote, one.amount_out)
            self.swap([one, two], note="hop")

    def round_trip(self, there: Pool, sol: float) -> None:
        """Buy and sell the same quantity in one transaction: balances show only the loss."""
        node = self.world.node
        spent = min(int(sol * 10**9), self.holds(there.quote))
        one = there.swap(node, there.quote, spent)
        # the second leg is priced at the reserves before the first: less than the pool would give after it
        two = there.swap(node, there.base, one.amount_out)
        self.swap([one, two], note="round trip")

    def fail(self, pool: Pool) -> None:
        """Try to sell more than there is: the fee is paid, nothing else happens."""
        if self.world.node.book.token(pool.base.vault_of(self.address)) is None or pool.base is WRAPPED_SOL:
            return
        leg = pool.swap(self.world.node, pool.base, self.holds(pool.base) + 10**pool.base.decimals)
        self.swap([leg], failing=True)

    def send(
        self, asset: Asset, receiver: Pubkey, amount: int, *, memo: str = "", income: bool = False
    ) -> None:
        """Send an asset to somebody, opening an account for it if needed."""
        before: list[Instruction] = []
        if not asset.native and self.world.node.book.token(asset.vault_of(receiver)) is None:
            before.append(open_account(self.address, receiver, asset))
        if memo:
            before.append(
                create_memo(
                    MemoParams(program_id=MEMO_PROGRAM_ID, signer=self.address, message=memo.encode())
                )
            )
        mine = Entry(str(self.address), "transfer", str(asset.mint), amount, direction="out",
                     counterparty=str(receiver), note=memo)  # fmt: skip
        theirs = replace(mine, wallet=str(receiver), kind="income" if income else "transfer", direction="in",
                         counterparty=str(self.address))  # fmt: skip
        self._submit([*before, move(asset, self.address, receiver, amount)], [], [mine, theirs])

    def swap(
        self, legs: Sequence[Leg], *, note: str = "", after: Sequence[Instruction] = (), failing: bool = False
    ) -> None:
        """Run swaps as one transaction, wrapping SOL as the pools ask for it."""
        me = str(self.address)
        accounts = [
            open_account(self.address, self.address, leg.receiving)
            for leg in legs
            if leg.receiving.mint != WRAPPED_SOL_MINT
            and self.world.node.book.token(leg.receiving.vault_of(self.address)) is None
        ]
        before, closing = self._wrapping(legs)
        instructions = [*before, *accounts, *swap_instructions(self.address, legs), *closing, *after]
        entries = [Entry(me, "failed", note="swap")] if failing else [_entry(me, leg, note) for leg in legs]
        self._submit(instructions, [leg.pool.authority for leg in legs], entries)

    def _wrapping(self, legs: Sequence[Leg]) -> tuple[list[Instruction], list[Instruction]]:
        """What comes before and after legs that touch wrapped SOL."""
        needed = wrapping_needed(legs)
        if needed is None:
            return [], []
        if not self.keeps_wrapped:
            return wrap(self.address, needed), [unwrap(self.address)]
        token = self.world.node.book.token(WRAPPED_SOL.vault_of(self.address))
        return wrap(self.address, max(0, needed - (token.amount if token else 0))), []

    def _submit(self, instructions: list[Instruction], others: list[Keypair], entries: list[Entry]) -> None:
        budget = []
        if self.hurries:
            budget = [set_compute_unit_limit(PRIORITY_LIMIT), set_compute_unit_price(PRIORITY_PRICE)]
        self.world.submit([self.key, *others], [*budget, *instructions], entries, v0=self.modern)

    def _close(self, asset: Asset) -> Instruction:
        account = asset.vault_of(self.address)
        return close_account(
            CloseAccountParams(
                program_id=asset.program, account=account, dest=self.address, owner=self.address, signers=[]
            )
        )


def _entry(wallet: str, leg: Leg, note: str) -> Entry:
    """The trade that a leg is: its pool's base bought or sold for its quote."""
    pool = leg.pool
    buying = leg.receiving is pool.base
    quantity, paid = (leg.amount_out, leg.amount_in) if buying else (leg.amount_in, leg.amount_out)
    return Entry(
        wallet,
        "buy" if buying else "sell",
        str(pool.base.mint),
        quantity,
        str(pool.quote.mint),
        paid,
        counterparty=str(pool.address),
        note=note,
    )
