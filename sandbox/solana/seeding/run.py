"""Seeding: six weeks of trading, run through the node in the order of time."""

import heapq
from collections.abc import Iterator

from solders.account import Account

from sandbox.solana.ledger import Entry
from sandbox.solana.node import Node
from sandbox.solana.pools import Asset
from sandbox.solana.seeding.coins import COINS
from sandbox.solana.seeding.issuing import (
    issue,
    issue_dollars,
    mint_instructions,
    minting,
    open_cross_pool,
)
from sandbox.solana.seeding.keys import address
from sandbox.solana.seeding.market import airdrops, dust, launches
from sandbox.solana.seeding.trader import Trader
from sandbox.solana.seeding.wallets import samples
from sandbox.solana.seeding.world import RENT_EPOCH, Directory, World
from sandbox.solana.tokens import pack_token_account

DAYS = 42
SYSTEM_TOKENS = 320
TOKEN_RENT = 2_039_280  # lamports for the 165 bytes of a token account


def seed_chain(node: Node, directory: Directory, start: int, end: int) -> None:
    """Fill an empty node with the seeded world and commit it, all at once."""
    world = World(node, directory, start, end)
    world.genesis()
    traders = {sample.name: Trader(world, sample.name) for sample in samples()}
    maker = traders["market-maker"]
    issue_dollars(world, maker.address)
    _opening(world, traders)
    _play(world, _actors(world, traders))
    node.commit()


def _opening(world: World, traders: dict[str, Trader]) -> None:
    """What is there before the first trade."""
    maker, missing = traders["market-maker"], traders["missing"]
    maker.deposit(150_000)
    for coin in COINS:
        if not coin.launch:
            issue(world, coin, maker.address)
    open_cross_pool(world)
    for symbol, whole in (("PEBL", 180_000), ("KITE", 900)):
        asset = world.directory.assets[symbol]
        amount = whole * 10**asset.decimals
        data = pack_token_account(asset.mint, missing.address, amount)
        account = Account(TOKEN_RENT, data, asset.program, False, RENT_EPOCH)
        world.node.place(asset.vault_of(missing.address), account)
        world.node.ledger.note_genesis(str(missing.address), str(asset.mint), amount)
    missing.deposit(2)


def _actors(world: World, traders: dict[str, Trader]) -> list[Iterator[int]]:
    receivers = [trader for name, trader in traders.items() if name.startswith("airdropped")]
    victims = [trader for name, trader in traders.items() if name not in {"empty", "spammer", "system"}]
    return [
        launches(world, traders["market-maker"]),
        *(sample.behaviour(traders[sample.name]) for sample in samples()),
        airdrops(world, receivers),
        dust(world, traders["spammer"], victims),
        _collecting(world, traders["system"]),
    ]


def _play(world: World, actors: list[Iterator[int]]) -> None:
    """Let each actor act at the moment it named, earliest first."""
    agenda: list[tuple[int, int]] = []
    for number, actor in enumerate(actors):
        _schedule(agenda, number, actor)
    while agenda and agenda[0][0] < world.end:
        moment, number = heapq.heappop(agenda)
        world.time = max(moment, world.time)
        _schedule(agenda, number, actors[number])


def _schedule(agenda: list[tuple[int, int]], number: int, actor: Iterator[int]) -> None:
    moment = next(actor, None)
    if moment is not None:
        heapq.heappush(agenda, (moment, number))


def _collecting(world: World, system: Trader) -> Iterator[int]:
    """Mint hundreds of nameless tokens to the system wallet."""
    system.deposit(10)
    issuer = world.directory.issuer
    for number, moment in enumerate(system.rhythm(1, 5)):
        yield moment
        key = world.directory.key(f"mint/spam/{number}")
        asset = Asset(f"SPAM{number}", address(key), number % 5 + 5)
        amount = (number + 1) * 10**asset.decimals
        instructions = mint_instructions(address(issuer), asset, None)
        instructions += minting(address(issuer), asset, system.address, amount)
        entry = Entry(str(system.address), "income", str(asset.mint), amount, direction="in",
                      counterparty=str(address(issuer)), note="minted")  # fmt: skip
        world.submit([issuer, key], instructions, [entry])
        if number >= SYSTEM_TOKENS:
            return
