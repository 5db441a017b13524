"""Social risk: is the coin talked up, or talked down?"""

from dataclasses import dataclass

from analysis.services.risk.parts import Input, Part, part, unknown
from analysis.services.risk.scale import along

NAME, WEIGHT = "social", 15
_MOOD = ((-0.6, 80), (0.0, 35), (0.4, 15))  # mean sentiment, -1 to 1
_HYPE = ((1.0, 0), (3.0, 25), (6.0, 60))  # z-score of mentions: points that a sudden crowd adds
FEW = 5  # mentions below which nothing is concluded


@dataclass(frozen=True)
class SocialFacts:
    """Mentions in the last day, their mean sentiment (-1 to 1), and the z-score of their number.

    The z-score is None where too few days before are known to say what is usual.
    """

    mentions: int
    sentiment: float
    trend: float | None


def social_part(facts: SocialFacts | None) -> Part:
    """A bad mood is a risk, and so is a crowd that came from nowhere."""
    if facts is None or facts.mentions < FEW:
        return unknown(NAME, WEIGHT, "Too few posts about the coin are known.")
    points = along(facts.sentiment, _MOOD) + (along(facts.trend, _HYPE) if facts.trend is not None else 0)
    return part(
        NAME,
        WEIGHT,
        points,
        [
            Input("mentions in 24 hours", f"{facts.mentions:,}"),
            Input("sentiment, -1 to 1", f"{facts.sentiment:+.2f}", facts.sentiment < -0.2),
            _against_the_usual(facts.trend),
        ],
    )


def _against_the_usual(trend: float | None) -> Input:
    if trend is None:
        return Input("mentions against the usual", "not known yet")
    return Input("mentions against the usual", f"{trend:+.1f} deviations", trend > 3)
