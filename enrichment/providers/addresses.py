"""Where the outside world is: real services where an address or a key says so, else the sandbox."""

from dataclasses import dataclass, field

from django.conf import settings

_HELIUS_RPC = "https://mainnet.helius-rpc.com"
_HELIUS_API = "https://api.helius.xyz"


def sandbox(path: str) -> str:
    """The address of something in the sandbox."""
    return f"{settings.SANDBOX_URL.rstrip('/')}/{path}"


def is_sandbox(url: str) -> bool:
    """Whether an address is below the sandbox's own; no other host or port is, whatever it begins with."""
    return bool(settings.SANDBOX_URL) and url.startswith(sandbox(""))


@dataclass(frozen=True)
class SolanaAddresses:
    """Base addresses of the Solana services; the key goes with requests to Helius only."""

    rpc: str
    helius_rpc: str
    helius_api: str
    helius_key: str = field(repr=False)
    is_sandbox: bool


def solana() -> SolanaAddresses:
    """The Solana services that the settings name."""
    key, own = settings.HELIUS_API_KEY, settings.HELIUS_URL.rstrip("/")
    helius_rpc = own or (_HELIUS_RPC if key else sandbox("helius"))
    helius_api = own or (_HELIUS_API if key else sandbox("helius"))
    rpc = settings.SOLANA_RPC_URL or (f"{helius_rpc}/?api-key={key}" if key else sandbox("solana"))
    return SolanaAddresses(rpc, helius_rpc, helius_api, key, is_sandbox(rpc))


@dataclass(frozen=True)
class EvmAddresses:
    """The EVM node's address; it may hold a key."""

    rpc: str = field(repr=False)
    is_sandbox: bool


def evm() -> EvmAddresses:
    """The EVM node that the settings name."""
    return EvmAddresses(settings.EVM_RPC_URL or sandbox("evm"), not settings.EVM_RPC_URL)


def dexscreener() -> str:
    """The base address of DexScreener: the real one once Solana is real."""
    return _market(settings.DEXSCREENER_URL, "https://api.dexscreener.com", "dexscreener")


def coingecko() -> str:
    """The base address of CoinGecko's version 3: the real one once Solana is real."""
    return _market(settings.COINGECKO_URL, "https://api.coingecko.com/api/v3", "coingecko/api/v3")


def jupiter() -> str:
    """The base address of Jupiter: the real one once Solana is real."""
    return _market(settings.JUPITER_URL, "https://api.jup.ag", "jupiter")


def defillama() -> str:
    """The base address of DefiLlama's coins API: the real one once Solana is real."""
    return _market(settings.DEFILLAMA_URL, "https://coins.llama.fi", "defillama")


def rugcheck() -> str:
    """The base address of RugCheck: the real one once Solana is real."""
    return _market(settings.RUGCHECK_URL, "https://api.rugcheck.xyz", "rugcheck")


def _market(chosen: str, public: str, path: str) -> str:
    return (chosen or (sandbox(path) if solana().is_sandbox else public)).rstrip("/")


@dataclass(frozen=True)
class RedditAddresses:
    """Where Reddit gives tokens and where it is read, and who asks."""

    site: str
    oauth: str
    client_id: str
    client_secret: str = field(repr=False)


def reddit() -> RedditAddresses:
    """Reddit with the application's own credentials; else the sandbox with those that open it."""
    if settings.REDDIT_CLIENT_ID:
        return RedditAddresses(
            "https://www.reddit.com",
            "https://oauth.reddit.com",
            settings.REDDIT_CLIENT_ID,
            settings.REDDIT_CLIENT_SECRET,
        )
    base = sandbox("reddit")
    # With the slash: praw joins its paths as a browser joins links.
    return RedditAddresses(base, f"{base}/", "sandbox-client", "sandbox-secret")


def x() -> tuple[str, str]:
    """The base address of X's API, and the bearer token that goes with requests to it."""
    if settings.TWITTER_BEARER_TOKEN:
        return "https://api.x.com", settings.TWITTER_BEARER_TOKEN
    return sandbox("x"), "sandbox-bearer"


def telegram() -> tuple[str, tuple[str, ...]]:
    """The base address of Telegram's previews, and the channels to read there."""
    if settings.TELEGRAM_CHANNELS:
        return "https://t.me", tuple(name.strip().lstrip("@") for name in settings.TELEGRAM_CHANNELS)
    return sandbox("telegram"), ("solana_pulse", "coin_lounge")


def news_feeds() -> tuple[str, ...]:
    """The addresses of the news feeds."""
    if settings.NEWS_FEEDS:
        return tuple(url.strip() for url in settings.NEWS_FEEDS)
    return tuple(sandbox(f"feeds/{name}") for name in ("courier.rss", "wire.rss", "ledger.atom"))
