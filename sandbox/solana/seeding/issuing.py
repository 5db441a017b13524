"""How coins come into the world: mint, hand out, open the pool, give up the authorities."""

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from spl.token.instructions import initialize_mint2, mint_to_checked, set_authority
from spl.token.models import AuthorityType, InitializeMint2Params, MintToCheckedParams, SetAuthorityParams

from sandbox.solana.ledger import Entry
from sandbox.solana.pools import Asset, Pool
from sandbox.solana.seeding.coins import COINS, Coin
from sandbox.solana.seeding.keys import address
from sandbox.solana.seeding.world import MINT_RENT, SOL_START_PRICE, USDC, World
from sandbox.solana.swaps import move, open_account, wrap
from sandbox.solana.tokens import MINT_SIZE

MAKER_SHARE = 0.2  # of a supply, for the market maker
HOLDERS_SHARE = 0.6
HOLDERS_PER_TRANSACTION = 3
DOLLARS = 80_000_000
SOL_LIQUIDITY = 30_000
CROSS_LIQUIDITY = 30_000  # KITE in the KITE/PEBL pool


def issue(world: World, coin: Coin, maker: Pubkey) -> None:
    """Create a coin with its holders and its pool."""
    asset = world.directory.assets[coin.symbol]
    supply = coin.supply * 10**coin.decimals
    create_mint(world, coin, asset)
    mint(world, asset, address(world.directory.issuer), supply)
    inventory = int(supply * MAKER_SHARE)
    give(world, asset, [(maker, inventory)])
    hand_out(world, coin, asset, int(supply * HOLDERS_SHARE))
    if not coin.mint_authority:
        _abandon_minting(world, asset)
    pool = world.directory.pools[coin.symbol]
    quote = int(coin.liquidity * 10**pool.quote.decimals)
    base = int(coin.liquidity / coin.price * 10**coin.decimals)
    open_pool(world, pool, world.directory.issuer, base, quote)


def issue_dollars(world: World, maker: Pubkey) -> None:
    """Mint USDC to the exchange and open the SOL/USDC pool."""
    exchange = world.directory.exchange
    mint(world, USDC, address(exchange), DOLLARS * 10**6)
    sol = SOL_LIQUIDITY * 10**9
    world.submit([exchange], wrap(address(exchange), sol))
    dollars = int(SOL_LIQUIDITY * SOL_START_PRICE) * 10**6
    open_pool(world, world.directory.sol_usdc, exchange, sol, dollars)
    amount = 10_000_000 * 10**6
    entry = Entry(str(maker), "transfer", str(USDC.mint), amount, direction="in",
                  counterparty=str(address(exchange)), note="deposit")  # fmt: skip
    world.submit(
        [exchange],
        [open_account(address(exchange), maker, USDC), move(USDC, address(exchange), maker, amount)],
        [entry],
    )


def open_cross_pool(world: World) -> None:
    """Open the pool in which one coin is the quote of another."""
    pool = world.directory.cross
    prices = {coin.symbol: coin.price for coin in COINS}
    ratio = prices[pool.base.symbol] / prices[pool.quote.symbol]
    issuer = world.directory.issuer
    base = CROSS_LIQUIDITY * 10**pool.base.decimals
    quote = int(CROSS_LIQUIDITY * ratio) * 10**pool.quote.decimals
    accounts = [open_account(address(issuer), pool.address, side) for side in (pool.base, pool.quote)]
    moves = [
        move(side, address(issuer), pool.address, amount)
        for side, amount in ((pool.base, base), (pool.quote, quote))
    ]
    world.submit([issuer], [*accounts, *moves])
    world.open_pools.append(pool)


def open_pool(world: World, pool: Pool, provider: Keypair, base: int, quote: int) -> None:
    """Put base (from the provider) and quote (from the exchange) into a pool."""
    exchange = world.directory.exchange
    payer = address(exchange)
    before: list[Instruction] = [
        open_account(payer, pool.address, side) for side in (pool.base, pool.quote) if not side.native
    ]
    if pool.quote.symbol == "SOL" and not pool.quote.native:
        before += wrap(payer, quote)
    moves = [
        move(pool.base, address(provider), pool.address, base),
        move(pool.quote, payer, pool.address, quote),
    ]
    world.submit([exchange, provider], [*before, *moves])
    world.open_pools.append(pool)


def create_mint(world: World, coin: Coin, asset: Asset) -> None:
    """Create and initialise the mint account of a coin."""
    issuer, key = world.directory.issuer, world.directory.key(f"mint/{coin.symbol}")
    freezer = address(issuer) if coin.freeze_authority else None
    world.submit([issuer, key], mint_instructions(address(issuer), asset, freezer))


def mint_instructions(issuer: Pubkey, asset: Asset, freezer: Pubkey | None) -> list[Instruction]:
    """Create a mint account and initialise it."""
    return [
        create_account(
            CreateAccountParams(
                from_pubkey=issuer,
                to_pubkey=asset.mint,
                lamports=MINT_RENT,
                space=MINT_SIZE,
                owner=asset.program,
            )
        ),
        initialize_mint2(
            InitializeMint2Params(
                decimals=asset.decimals,
                program_id=asset.program,
                mint=asset.mint,
                mint_authority=issuer,
                freeze_authority=freezer,
            )
        ),
    ]


def mint(world: World, asset: Asset, owner: Pubkey, amount: int) -> None:
    """Mint so many base units to an owner."""
    issuer = world.directory.issuer
    world.submit([issuer], minting(address(issuer), asset, owner, amount))


def minting(issuer: Pubkey, asset: Asset, owner: Pubkey, amount: int) -> list[Instruction]:
    """Open an owner's account and mint into it."""
    return [
        open_account(issuer, owner, asset),
        mint_to_checked(
            MintToCheckedParams(
                program_id=asset.program,
                mint=asset.mint,
                dest=asset.vault_of(owner),
                mint_authority=issuer,
                amount=amount,
                decimals=asset.decimals,
                signers=[],
            )
        ),
    ]


def give(world: World, asset: Asset, shares: list[tuple[Pubkey, int]], note: str = "allocation") -> None:
    """Send coins from the issuer to some owners in one transaction: income for those who have a ledger."""
    issuer = world.directory.issuer
    giver = address(issuer)
    instructions, entries = [], []
    for owner, amount in shares:
        if world.node.book.token(asset.vault_of(owner)) is None:
            instructions.append(open_account(giver, owner, asset))
        instructions.append(move(asset, giver, owner, amount))
        entries.append(
            Entry(str(owner), "income", str(asset.mint), amount, direction="in",
                  counterparty=str(giver), note=note)
        )  # fmt: skip
    world.submit([issuer], instructions, entries)


def hand_out(world: World, coin: Coin, asset: Asset, amount: int) -> None:
    """Spread an amount over the coin's silent holders, the first ones getting more if concentrated."""
    weights = [1 / (rank**coin.concentration) for rank in range(1, coin.holders + 1)]
    shares = [
        (address(world.directory.key(f"holder/{coin.symbol}/{rank}")), int(amount * weight / sum(weights)))
        for rank, weight in enumerate(weights)
    ]
    for first in range(0, len(shares), HOLDERS_PER_TRANSACTION):
        give(world, asset, shares[first : first + HOLDERS_PER_TRANSACTION])


def _abandon_minting(world: World, asset: Asset) -> None:
    issuer = world.directory.issuer
    world.submit(
        [issuer],
        [
            set_authority(
                SetAuthorityParams(
                    program_id=asset.program,
                    account=asset.mint,
                    authority=AuthorityType.MINT_TOKENS,
                    current_authority=address(issuer),
                    new_authority=None,
                    signers=[],
                )
            )
        ],
    )
