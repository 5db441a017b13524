"""The sample wallets: who they are, and the style of each."""

from dataclasses import dataclass

from sandbox.solana.seeding import styles
from sandbox.solana.seeding.styles import Style


@dataclass(frozen=True)
class Sample:
    """One sample wallet as the page may offer it."""

    name: str  # its key follows from this
    style: str
    label: str
    description: str
    behaviour: Style


GROUPS: tuple[tuple[str, int, str, Style], ...] = (
    ("scalper", 5, "Trades one coin in and out within hours", styles.scalper),
    ("swing", 6, "Holds for days and sells in parts", styles.swing),
    ("holder", 5, "Buys early and sits on it", styles.holder),
    ("sniper", 4, "Early into launches, out in thirds, many failed attempts", styles.sniper),
    ("accumulator", 4, "Puts the same sum into the same coin every day", styles.accumulator),
    ("whale", 2, "Few and very large trades", styles.whale),
    ("loser", 3, "Buys high and sells low", styles.loser),
    ("airdropped", 3, "Received coins without paying and sells some", styles.airdropped),
    ("hopper", 2, "Changes coin for coin through SOL in one transaction", styles.hopper),
)
SINGLES = (
    Sample(
        "round-tripper",
        "round trip",
        "Round-tripper",
        "Buys and sells within one transaction",
        styles.round_tripper,
    ),
    Sample(
        "wrapped-keeper",
        "swing",
        "Keeper of wrapped SOL",
        "Trades out of a wrapped SOL account",
        styles.wrapped_keeper,
    ),
    Sample("dollar-trader", "swing", "Dollar trader", "Trades against USDC", styles.dollar_trader),
    Sample(
        "pair",
        "self-transfer",
        "Pair, first wallet",
        "Buys and moves the coins to its second wallet",
        styles.sharer,
    ),
    Sample(
        "pair-second",
        "self-transfer",
        "Pair, second wallet",
        "Sells what the first wallet bought",
        styles.seller,
    ),
    Sample(
        "missing",
        "missing acquisitions",
        "Missing acquisitions",
        "Sells coins of which no purchase is known",
        styles.seller,
    ),
    Sample("empty", "empty", "Empty wallet", "Has never been used", styles.idle),
    Sample(
        "market-maker",
        "market maker",
        "Market maker",
        "More than 1,500 transactions in every coin",
        styles.market_maker,
    ),
    Sample("system", "system", "System wallet", "Holds hundreds of different tokens", styles.idle),
    Sample("spammer", "spammer", "Spammer", "Sends dust and worthless coins to others", styles.idle),
)


def samples() -> list[Sample]:
    """Every sample wallet, in the order of their listing."""
    grouped = [
        Sample(f"{style}-{number}", style, f"{style.capitalize()} {number}", description, behaviour)
        for style, count, description, behaviour in GROUPS
        for number in range(1, count + 1)
    ]
    return grouped + list(SINGLES)
