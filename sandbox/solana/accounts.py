"""The mirror of all accounts: LiteSVM cannot be asked who owns what, so every change is noted here."""

from collections import defaultdict
from collections.abc import Iterable

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.solana.tokens import Mint, TokenAccount, read_mint, read_token_account


class AccountBook:
    """Current accounts by address, tokens by owner and by mint, and what changed since the last save."""

    def __init__(self) -> None:
        self._accounts: dict[Pubkey, Account] = {}
        self._tokens: dict[Pubkey, TokenAccount] = {}
        self._mints: dict[Pubkey, Mint] = {}
        self._of_owner: dict[Pubkey, set[Pubkey]] = defaultdict(set)
        self._of_mint: dict[Pubkey, set[Pubkey]] = defaultdict(set)
        self._changed: set[Pubkey] = set()

    def put(self, address: Pubkey, account: Account | None) -> None:
        """Note an account's new content; None or no lamports: it is gone."""
        self._changed.add(address)
        self._forget_token(address)
        if account is None or account.lamports == 0:
            self._accounts.pop(address, None)
            return
        self._accounts[address] = account
        token = read_token_account(account)
        if token is not None:
            self._tokens[address] = token
            self._of_owner[token.owner].add(address)
            self._of_mint[token.mint].add(address)
        elif (mint := read_mint(account)) is not None:
            self._mints[address] = mint

    def account(self, address: Pubkey) -> Account | None:
        """The account at an address."""
        return self._accounts.get(address)

    def lamports(self, address: Pubkey) -> int:
        """The balance of an address; 0 when there is no account."""
        account = self._accounts.get(address)
        return account.lamports if account else 0

    def token(self, address: Pubkey) -> TokenAccount | None:
        """The token account at an address."""
        return self._tokens.get(address)

    def mint(self, address: Pubkey) -> Mint | None:
        """The mint at an address."""
        return self._mints.get(address)

    def tokens_of(self, owner: Pubkey) -> list[tuple[Pubkey, TokenAccount]]:
        """The token accounts of an owner, in the order of their addresses."""
        return self._sorted(self._of_owner.get(owner, ()))

    def holders(self, mint: Pubkey) -> list[tuple[Pubkey, TokenAccount]]:
        """The token accounts of a mint, largest amount first."""
        found = self._sorted(self._of_mint.get(mint, ()))
        return sorted(found, key=lambda item: -item[1].amount)

    def items(self) -> Iterable[tuple[Pubkey, Account]]:
        """Every account."""
        return self._accounts.items()

    def take_changes(self) -> dict[Pubkey, Account | None]:
        """What changed since the last call; None for accounts that are gone."""
        changes = {address: self._accounts.get(address) for address in self._changed}
        self._changed = set()
        return changes

    def _forget_token(self, address: Pubkey) -> None:
        self._mints.pop(address, None)
        token = self._tokens.pop(address, None)
        if token is not None:
            self._of_owner[token.owner].discard(address)
            self._of_mint[token.mint].discard(address)

    def _sorted(self, addresses: Iterable[Pubkey]) -> list[tuple[Pubkey, TokenAccount]]:
        return [(address, self._tokens[address]) for address in sorted(addresses, key=bytes)]
