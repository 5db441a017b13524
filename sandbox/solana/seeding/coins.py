"""The coins of the seeded world and the paths their prices take."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi, sin

Path = Callable[[float], float]  # share of the coin's life passed (0 to 1) -> multiple of the first price


@dataclass(frozen=True)
class Coin:
    """A coin as it is issued. Amounts are whole coins and whole SOL; the price is SOL (or USDC) per coin."""

    symbol: str
    name: str
    decimals: int
    supply: int
    price: float
    liquidity: float  # quote put into the pool at the start, in whole quote
    path: Path
    quote: str = "native"  # "native" SOL, "wrapped" SOL or "USDC"
    holders: int = 12
    concentration: float = 1.0  # 0: equal shares; the higher, the more the first holders have
    mint_authority: bool = False
    freeze_authority: bool = False
    token_2022: bool = False
    launch: float = 0.0  # share of the seeded period passed when it appears


def growth(multiple: float) -> Path:
    """Steady growth (or decline) to a multiple of the first price."""
    return lambda passed: float(multiple**passed)


def waves(height: float, count: float) -> Path:
    """Up and down around the first price."""
    return lambda passed: exp(height * sin(2 * pi * count * passed))


def pump(peak: float, at: float, end: float) -> Path:
    """Up to a peak, then down to what is left."""
    return lambda passed: (
        peak ** (passed / at) if passed < at else peak * (end / peak) ** ((passed - at) / (1 - at))
    )


def crash(multiple: float, at: float, left: float) -> Path:
    """Growth until the liquidity is pulled at once."""
    return lambda passed: multiple ** (passed / at) if passed < at else multiple * left


COINS = (
    Coin("PEBL", "Pebble", 6, 900_000_000, 0.00012, 2_400, growth(3.2), holders=30, concentration=0.3),
    Coin("MOTH", "Moth", 5, 40_000_000_000, 2.0e-6, 900, pump(9.0, 0.45, 0.35), "wrapped", 24, 0.9, True),
    Coin(
        "KITE", "Kite Protocol", 9, 21_000_000, 0.011, 3_000, waves(0.5, 3.0), holders=26, concentration=0.4
    ),
    Coin("BRIM", "Brim", 6, 500_000_000, 0.0009, 1_500, growth(0.18), "wrapped", 18, 0.6),
    Coin(
        "OTTR", "Otter", 6, 1_000_000_000, 0.00004, 1_100, waves(0.9, 5.5), holders=20, freeze_authority=True
    ),
    Coin("LUMN", "Lumen Network", 8, 100_000_000, 0.42, 260_000, growth(1.9), "USDC", 30, 0.2),
    Coin(
        "DUSK",
        "Dusk Doge",
        6,
        10_000_000_000,
        8.0e-7,
        700,
        crash(6.0, 0.62, 0.03),
        holders=6,
        concentration=2.5,
    ),
    Coin(
        "FERN", "Fern", 7, 250_000_000, 0.0018, 1_300, waves(0.35, 2.0), "wrapped", 14, 0.5, token_2022=True
    ),
    Coin("GRIT", "Grit", 9, 77_000_000, 0.0004, 600, pump(12.0, 0.2, 1.6), holders=10, launch=0.48),
    Coin(
        "NIMB",
        "Nimbus Cat",
        6,
        1_000_000_000,
        6.0e-6,
        420,
        pump(5.0, 0.5, 2.2),
        "wrapped",
        8,
        1.4,
        True,
        True,
        launch=0.76,
    ),
)
