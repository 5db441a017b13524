"""Which source is asked, and what happens when it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import LazySettings

from enrichment.providers import addresses
from enrichment.providers.solana.records import Page, Position
from enrichment.providers.solana.sources import FirstThatServes, transaction_source
from jobs.errors import Permanent, Transient
from tests.enrichment.providers.solana.sources import everything, source_at
from tests.outside import Outside


@dataclass
class Refusing:
    """A source that answers every walk with an error."""

    error: Exception
    name: str = "refusing"
    asked: list[str] = field(default_factory=list)

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        self.asked.append(address)
        yield from self._fail()

    def _fail(self) -> list[Page]:
        raise self.error


def test_without_a_key_the_plain_node_is_asked(outside: Outside) -> None:
    assert transaction_source().name == "plain RPC"


def test_with_a_key_helius_own_method_is_asked_and_the_enhanced_api_stands_by(
    outside: Outside, settings: LazySettings
) -> None:
    settings.HELIUS_API_KEY, settings.HELIUS_URL = "a-key", f"{outside.url}/helius"
    source = transaction_source()
    assert source.name == "getTransactionsForAddress, else Helius enhanced"
    assert len(everything(source, outside.address("Sniper 1"))) > 100


def test_a_key_alone_means_the_real_services(outside: Outside, settings: LazySettings) -> None:
    settings.HELIUS_API_KEY = "a-key"
    found = addresses.solana()
    assert (found.helius_rpc, found.helius_api) == (
        "https://mainnet.helius-rpc.com",
        "https://api.helius.xyz",
    )
    assert found.rpc == "https://mainnet.helius-rpc.com/?api-key=a-key"
    assert not found.is_sandbox
    assert addresses.dexscreener() == "https://api.dexscreener.com"
    assert addresses.coingecko() == "https://api.coingecko.com/api/v3"
    assert "a-key" not in repr(found).replace(found.rpc, "")


@pytest.mark.parametrize(
    ("sandbox", "node"),
    [
        ("http://127.0.0.1:1889", "http://127.0.0.1:18899/solana"),
        ("http://sandbox", "http://sandbox.example/solana"),
        ("", "https://api.example/"),
    ],
)
def test_a_node_whose_address_only_begins_as_the_sandbox_s_is_real(
    settings: LazySettings, sandbox: str, node: str
) -> None:
    settings.SANDBOX_URL, settings.SOLANA_RPC_URL = sandbox, node
    assert not addresses.solana().is_sandbox
    settings.SOLANA_RPC_URL = ""
    assert addresses.solana().is_sandbox == bool(sandbox)


def test_a_source_that_refuses_leaves_the_work_to_the_second(outside: Outside) -> None:
    refusing = Refusing(Permanent("not in your plan"))
    source = FirstThatServes(refusing, source_at(outside.url, "Helius enhanced"))
    address = outside.address("Sniper 1")
    assert everything(source, address) == everything(source_at(outside.url, "Helius enhanced"), address)
    assert refusing.asked == [address]


def test_a_source_that_is_only_down_is_not_replaced(outside: Outside) -> None:
    source = FirstThatServes(Refusing(Transient("down")), source_at(outside.url, "Helius enhanced"))
    with pytest.raises(Transient, match="down"):
        everything(source, outside.address("Sniper 1"))
