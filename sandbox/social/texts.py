"""What people write, by mood. {tag} is the cashtag, {name} the coin's name, {other} another coin."""

BULLISH = (
    "{tag} is going to the moon, love this chart",
    "{name} holders are winning again, amazing strength today",
    "Just bought more {tag}. Strong team, great community, bullish as ever",
    "{tag} breakout confirmed, huge volume. This is the best setup I have seen",
    "Diamond hands on {tag} paid off, I am so happy",
    "{name} just shipped its upgrade and it works beautifully. Very impressed",
    "New all-time high for {tag}? Looks likely, buyers are in full control",
    "{tag} up {change} in a day, what a beautiful rally",
)
HOPEFUL = (
    "{tag} looks good here, accumulating slowly",
    "Nice recovery for {name}, support is holding",
    "I like {tag} more than {other} at these levels, solid fundamentals",
    "{name} listed on another exchange, good news for holders",
    "Staking {tag} is easy and the rewards are decent",
)
CALM = (
    "What wallet do you use for {tag}?",
    "{tag} trades at the same level as yesterday",
    "Is <b>{name}</b> & its docs page still maintained? Asking for a friend",
    "Weekly {name} thread: post your questions about {tag} here",
    "{tag} or {other}? What do you hold & why",
    "Where can I read about the supply schedule of {name}?",
    'Someone posted "<script>alert(1)</script>" as the {tag} logo text, lol',
    "{name} call is on Thursday at 15:00 UTC",
)
WORRIED = (
    "{tag} looks weak, support might break",
    "Not sure about {name} anymore, volume is fading and whales are selling",
    "I sold half of my {tag}, the risk is too high here",
    "{name} missed its roadmap again, disappointing",
    "Prefer {other} over {tag} now, this one keeps bleeding",
)
BEARISH = (
    "{tag} is dumping hard, I lost a lot of money. Terrible",
    "Looks like a rug pull on {tag}, get out before it is worthless",
    "{name} is a scam, the team is selling on us. Avoid",
    "Total crash on {tag}, holders rekt. Awful day",
    "{tag} down {change} and nobody from the team answers. Horrible",
    "Panic everywhere, {name} liquidity is gone. I hate this market",
    "Paper hands everywhere and {tag} keeps bleeding, bad place to be",
)
LADDER = (BEARISH, WORRIED, CALM, HOPEFUL, BULLISH)

NEWS_GOOD = (
    "{name} rallies {change} as buyers return",
    "{name} wins a major listing, volume surges",
    "{name} ships long-awaited upgrade to praise from developers",
    "Funds flow into {name} as adoption grows",
)
NEWS_CALM = (
    "{name} holds steady while traders wait for direction",
    "What to know about {name} this week",
    "{name} foundation publishes its quarterly report",
    "Explained: how {name} and {other} differ",
)
NEWS_BAD = (
    "{name} plunges {change} in heavy selling",
    "Investigators warn of fraud around {name}",
    "{name} suffers outage, holders worry",
    "Breaking: exploit drains a pool of {name}, losses mount",
)
NEWS_LADDER = (NEWS_BAD, NEWS_BAD, NEWS_CALM, NEWS_GOOD, NEWS_GOOD)

NEWS_BODY = (
    "Trading in {tag} moved {change} over one day on Solana. Analysts said that they watch the next "
    "sessions closely. The most traded pool is the one against SOL."
)
STILL_BODY = (
    "Trading in {tag} was quiet over one day on Solana. Analysts said that they watch the next sessions "
    "closely. The most traded pool is the one against SOL."
)

AUTHORS = (
    "quiet_harbor", "mintwatcher", "slotleader9", "gm_gardener", "ledgerlark", "basisrisk", "candle_reader",
    "northgate", "poolside77", "tinfoil_owl", "stakepoint", "bluepencil", "rentexempt", "vaultkeeper", "sandpiper",
)  # fmt: skip
