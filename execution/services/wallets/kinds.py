"""The kinds of wallet behind one interface."""

from dataclasses import dataclass
from typing import Protocol

from enrichment.providers.evm.records import Call
from execution.models import Wallet
from execution.services.contracts.abi import encode_call
from execution.services.contracts.artifacts import artifact
from jobs.errors import Permanent


class Acting(Protocol):
    """An account that may act: `signer` has the key and pays the gas."""

    @property
    def address(self) -> str:
        """The account that has the money and that contracts see."""

    @property
    def signer(self) -> str:
        """The account whose nonce and key are used."""

    def envelope(self, call: Call) -> Call:
        """What the signer sends, so that the account makes this call. Permanent when it cannot."""


@dataclass(frozen=True)
class PlainKey:
    """The account is the key's own."""

    address: str

    @property
    def signer(self) -> str:
        """See `Acting`."""
        return self.address

    def envelope(self, call: Call) -> Call:
        """See `Acting`."""
        return call


@dataclass(frozen=True)
class SmartAccount:
    """The account is a contract (`execution/contracts/smart_account.vy`) that obeys its owner."""

    address: str
    signer: str

    def envelope(self, call: Call) -> Call:
        """See `Acting`."""
        if not call.to:
            raise Permanent("a smart account cannot deploy contracts: use its owner")
        arguments = [call.to, call.value, call.data]
        return Call(self.address, 0, encode_call(artifact("smart_account").abi, "execute", arguments))


def wallet_at(address: str) -> Acting:
    """The wallet with an address; one without a row is a plain key."""
    row = Wallet.objects.filter(address=address).first()
    if row is not None and row.kind == Wallet.Kind.SMART_ACCOUNT:
        return SmartAccount(row.address, row.owner)
    return PlainKey(address)
