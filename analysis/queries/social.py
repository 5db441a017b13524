"""What is known of a coin's social life. Nobody may have scraped anything yet: then it is nothing."""

from analysis.services.risk.social import SocialFacts
from enrichment.models import Coin


def social_facts(coin: Coin) -> SocialFacts | None:
    """The last day's mentions, sentiment and trend; None when nothing is known."""
    return None
