"""How the seeded traders behave.

A style is a generator: it yields the moment of its next act, and acts when it is resumed.
"""

from collections.abc import Callable, Iterator

from sandbox.solana.pools import SOL, Pool
from sandbox.solana.seeding.trader import Trader
from sandbox.solana.seeding.world import USDC

Style = Callable[[Trader], Iterator[int]]
STEADY = ("PEBL", "KITE", "OTTR", "FERN", "MOTH", "BRIM")
DAY = 24.0  # hours


def _pool(trader: Trader, *symbols: str) -> Pool:
    """One of the named coins' pools that are open already, by chance."""
    pools = trader.world.directory.pools
    opened = [pools[symbol] for symbol in symbols if pools[symbol] in trader.world.open_pools]
    return trader.rng.choice(opened)


def _held(trader: Trader) -> list[Pool]:
    """The SOL pools whose coin the trader has."""
    pools = trader.world.directory.pools.values()
    return [pool for pool in pools if pool.quote is not USDC and trader.holds(pool.base)]


def scalper(trader: Trader) -> Iterator[int]:
    """In and out of one coin within hours, small sizes, a few failed attempts."""
    trader.hurries = True
    trader.deposit(trader.rng.uniform(20, 60))
    pool = _pool(trader, *STEADY)
    for moment in trader.rhythm(0.4, 6.0):
        yield moment
        if trader.chance(0.04):
            trader.fail(pool)
        elif trader.holds(pool.base):
            trader.sell(pool)
            pool = _pool(trader, *STEADY)
        else:
            trader.buy_sol(pool, trader.rng.uniform(0.5, 4))


def swing(trader: Trader) -> Iterator[int]:
    """Holds for days, sells in parts."""
    trader.deposit(trader.rng.uniform(60, 200))
    trader.modern = trader.chance(0.5)
    for moment in trader.rhythm(8, 40):
        yield moment
        held = _held(trader)
        if held and trader.chance(0.5):
            trader.sell(trader.rng.choice(held), trader.rng.choice((0.25, 0.5, 1.0)))
        else:
            trader.buy_sol(_pool(trader, *STEADY), trader.rng.uniform(3, 18))


def holder(trader: Trader) -> Iterator[int]:
    """Buys at the beginning and then sits on it."""
    trader.deposit(trader.rng.uniform(30, 120))
    for count, moment in enumerate(trader.rhythm(6, 70)):
        yield moment
        if count < 6:
            trader.buy_sol(_pool(trader, "PEBL", "KITE", "FERN"), trader.rng.uniform(4, 15))
        elif count > 12 and trader.chance(0.3):
            held = _held(trader)
            trader.sell(trader.rng.choice(held), 0.2)


def sniper(trader: Trader) -> Iterator[int]:
    """Early into every launch, out in thirds; closes its accounts to get the rent back."""
    trader.hurries = trader.tidies = True
    trader.deposit(trader.rng.uniform(25, 50))
    for moment in trader.rhythm(2, 14):
        yield moment
        held = _held(trader)
        if trader.chance(0.1) and held:
            trader.fail(trader.rng.choice(held))
        elif held and trader.chance(0.6):
            trader.sell(trader.rng.choice(held), trader.rng.choice((0.34, 0.5, 1.0)))
        else:
            trader.buy_sol(_pool(trader, "MOTH", "DUSK", "GRIT", "NIMB", "OTTR"), trader.rng.uniform(0.2, 3))


def accumulator(trader: Trader) -> Iterator[int]:
    """The same sum into the same coin every day."""
    trader.deposit(60)
    pool, amount = _pool(trader, "PEBL", "KITE", "FERN"), trader.rng.choice((0.5, 0.8, 1.0))
    for moment in trader.rhythm(0.98 * DAY, 1.02 * DAY):
        yield moment
        trader.buy_sol(pool, amount)


def whale(trader: Trader) -> Iterator[int]:
    """Few and very large trades that move the price."""
    trader.deposit(2_500)
    for moment in trader.rhythm(40, 90):
        yield moment
        held = _held(trader)
        if held and trader.chance(0.4):
            trader.sell(trader.rng.choice(held), 0.5)
        else:
            trader.buy_sol(_pool(trader, "PEBL", "KITE", "FERN"), trader.rng.uniform(60, 180))


def loser(trader: Trader) -> Iterator[int]:
    """Buys what has risen, sells after the fall."""
    trader.deposit(trader.rng.uniform(40, 80))
    for count, moment in enumerate(trader.rhythm(8, 26)):
        yield moment
        pool = _pool(trader, "BRIM", "DUSK", "MOTH")
        if count % 4 == 3 and trader.holds(pool.base):
            trader.sell(pool, trader.rng.choice((0.5, 1.0)))
        else:
            trader.buy_sol(pool, trader.rng.uniform(0.5, 4))


def hopper(trader: Trader) -> Iterator[int]:
    """Changes coins for coins, through SOL in the same transaction."""
    trader.modern = True
    trader.deposit(120)
    for moment in trader.rhythm(5, 18):
        yield moment
        held = _held(trader)
        if held and trader.chance(0.7):
            source, target = trader.rng.choice(held), _pool(trader, *STEADY)
            if source is not target:
                trader.hop(source, target, trader.rng.choice((0.3, 0.6, 1.0)))
        else:
            trader.buy_sol(_pool(trader, *STEADY), trader.rng.uniform(2, 8))


def round_tripper(trader: Trader) -> Iterator[int]:
    """Buys and sells within one transaction, between ordinary trades."""
    trader.deposit(90)
    for moment in trader.rhythm(6, 20):
        yield moment
        pool = _pool(trader, "PEBL", "BRIM", "OTTR", "FERN")
        if trader.chance(0.5):
            trader.round_trip(pool, trader.rng.uniform(0.5, 3))
        elif trader.holds(pool.base):
            trader.sell(pool, 0.7)
        else:
            trader.buy_sol(pool, trader.rng.uniform(0.5, 4))


def wrapped_keeper(trader: Trader) -> Iterator[int]:
    """Keeps its SOL wrapped between trades: its proceeds are tokens, not lamports."""
    trader.keeps_wrapped = True
    trader.deposit(100)
    for moment in trader.rhythm(6, 20):
        yield moment
        pool = _pool(trader, "MOTH", "BRIM", "FERN")
        if trader.holds(pool.base) and trader.chance(0.5):
            trader.sell(pool, trader.rng.choice((0.4, 1.0)))
        else:
            trader.buy_sol(pool, trader.rng.uniform(0.5, 5))


def dollar_trader(trader: Trader) -> Iterator[int]:
    """Thinks in USDC: trades SOL and Lumen against it."""
    trader.deposit(40)
    trader.deposit_dollars(25_000)
    directory = trader.world.directory
    for moment in trader.rhythm(6, 20):
        yield moment
        pool = trader.rng.choice((directory.sol_usdc, directory.pools["LUMN"]))
        if trader.chance(0.45) and trader.holds(pool.base):
            trader.sell(pool, 0.3)
        else:
            trader.buy_sol(pool, trader.rng.uniform(1, 12))


def market_maker(trader: Trader) -> Iterator[int]:
    """Moves every price along its path; the wallet with the most transactions."""
    from sandbox.solana.seeding.market import moves

    yield from moves(trader)


def idle(trader: Trader) -> Iterator[int]:
    """Does nothing by itself."""
    yield from ()


def sharer(trader: Trader) -> Iterator[int]:
    """Buys, sends the coins to its second wallet, and never sells."""
    second = trader.world.directory.key(f"wallet/{trader.name}-second").pubkey()
    trader.deposit(60)
    for count, moment in enumerate(trader.rhythm(14, 40)):
        yield moment
        held = _held(trader)
        if count == 0:
            trader.send(SOL, second, 2 * 10**9)
        elif held and count % 2 == 0:
            pool = trader.rng.choice(held)
            trader.send(pool.base, second, int(trader.holds(pool.base) * 0.8))
        else:
            trader.buy_sol(_pool(trader, "PEBL", "KITE"), trader.rng.uniform(1, 6))


def seller(trader: Trader) -> Iterator[int]:
    """Sells what reached it from elsewhere: from a sister wallet, an airdrop, or before the chain began."""
    for moment in trader.rhythm(30, 80):
        yield moment
        held = _held(trader)
        if held and trader.holds(SOL):
            trader.sell(trader.rng.choice(held), trader.rng.choice((0.4, 0.7)))


def airdropped(trader: Trader) -> Iterator[int]:
    """Receives coins again and again and sells some of them."""
    trader.deposit(1.5)
    yield from seller(trader)
