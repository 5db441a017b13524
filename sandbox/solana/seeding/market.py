"""What moves the prices: the market maker, the launches, the airdrops, the dust."""

from collections.abc import Iterator
from math import exp

from sandbox.solana.pools import SOL, Pool
from sandbox.solana.seeding.coins import COINS, Path, growth
from sandbox.solana.seeding.issuing import give, issue
from sandbox.solana.seeding.trader import Trader
from sandbox.solana.seeding.world import SOL_START_PRICE, World

ROUND_HOURS = 5.5  # between two looks at all prices
NOISE = 0.03  # standard deviation of what is added to a price's logarithm per round
MEMORY = 0.9  # how much of the noise stays until the next round


def moves(maker: Trader) -> Iterator[int]:
    """Bring every open pool near its path, one after the other, round after round."""
    world, directory = maker.world, maker.world.directory
    first = {coin.symbol: coin.price for coin in COINS}
    paths: list[tuple[Pool, float, Path, float]] = [
        (directory.pools[coin.symbol], coin.price, coin.path, coin.launch) for coin in COINS
    ]
    paths.append((directory.sol_usdc, SOL_START_PRICE, growth(1.25), 0.0))
    noise = dict.fromkeys((pool.name for pool, *_ in paths), 0.0)
    moment = world.time + 3600
    while moment < world.end:
        for pool, price, path, launch in paths:
            moment += maker.rng.randint(60, int(ROUND_HOURS * 3600 / len(paths) * 2) - 60)
            yield moment
            passed = (moment - world.start) / (world.end - world.start)
            if pool in world.open_pools and passed > launch:
                noise[pool.name] = noise[pool.name] * MEMORY + maker.rng.gauss(0, NOISE)
                target = price * path((passed - launch) / (1 - launch)) * exp(noise[pool.name])
                move_price(maker, pool, target)
        if maker.chance(0.3):
            ratio = directory.pools["KITE"].price(world.node) / directory.pools["PEBL"].price(world.node)
            move_price(maker, directory.cross, ratio or first["KITE"] / first["PEBL"])


def move_price(maker: Trader, pool: Pool, target: float) -> None:
    """Trade a pool to a price, as far as the inventory goes."""
    leg = pool.towards(maker.world.node, target)
    if leg and leg.amount_out and leg.amount_in <= maker.holds(leg.paying):
        maker.swap([leg])


def launches(world: World, maker: Trader) -> Iterator[int]:
    """Issue the coins that appear later."""
    for coin in sorted(COINS, key=lambda coin: coin.launch):
        if coin.launch:
            yield world.start + int(coin.launch * (world.end - world.start))
            issue(world, coin, maker.address)


def airdrops(world: World, receivers: list[Trader]) -> Iterator[int]:
    """Give coins away: the second time only the receiver's token account is mentioned."""
    chance = world.random("airdrops")
    moment = world.start
    while (moment := moment + chance.randint(40, 90) * 3600) < world.end:
        yield moment
        symbol = chance.choice(("OTTR", "BRIM"))
        asset = world.directory.assets[symbol]
        for receiver in receivers:
            amount = chance.randint(20_000, 90_000) * 10**asset.decimals
            give(world, asset, [(receiver.address, amount)], note="airdrop")


def dust(world: World, spammer: Trader, victims: list[Trader]) -> Iterator[int]:
    """Send crumbs of SOL with an advertisement, and worthless coins, to wallets that did not ask."""
    spammer.deposit(20)
    coins = world.directory.assets
    spammer.buy_sol(world.directory.pools["MOTH"], 1)
    for moment in spammer.rhythm(4, 24):
        yield moment
        victim = spammer.rng.choice(victims)
        if spammer.chance(0.6) and world.node.book.lamports(victim.address):
            spammer.send(SOL, victim.address, spammer.rng.randint(1, 1000), memo="claim your reward")
        else:
            spammer.send(coins["MOTH"], victim.address, spammer.rng.randint(1, 99), income=True)
