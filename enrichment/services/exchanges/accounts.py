"""Adding, checking and removing accounts. Keys are stored encrypted and read by `keys_of` alone."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment.models import ExchangeAccount
from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.client import open_client
from enrichment.providers.exchanges.errors import KeysRefused
from enrichment.providers.exchanges.records import ApiKeys
from jobs import audit
from jobs.encryption import decrypt, encrypt, keyed_digest
from jobs.errors import Refused

_LONGEST_KEY = 512


class AccountRefused(Refused):
    """The account cannot be added."""

    kind = "exchange-account"


@dataclass(frozen=True)
class NewAccount:
    """What a user enters."""

    exchange: str
    label: str
    keys: ApiKeys
    premium: bool = False


def add_account(user: Any, wanted: NewAccount) -> ExchangeAccount:
    """Ask the exchange whether it accepts the keys, then store them.

    Raises AccountRefused, naming the field, with nothing stored; RateLimited or Transient when the exchange
    cannot be asked now.
    """
    _check_fields(wanted)
    digest = keyed_digest([wanted.exchange, wanted.keys.key])
    if ExchangeAccount.objects.filter(user=user, exchange=wanted.exchange, digest=digest).exists():
        raise AccountRefused("You added this key before.", {"apiKey": "is that of an account you have"})
    try:
        open_client(wanted.exchange, wanted.keys).balances()
    except KeysRefused as refusal:
        raise AccountRefused(f"{refusal}.", {"apiKey": str(refusal)}) from None
    return _store(user, wanted, digest)


def check_account(account: ExchangeAccount) -> bool:
    """Ask the exchange again whether it accepts the keys, and note the answer."""
    try:
        open_client(account.exchange, keys_of(account)).balances()
    except KeysRefused as refusal:
        note_check(account, str(refusal))
        return False
    note_check(account, "")
    return True


def note_check(account: ExchangeAccount, reason: str) -> None:
    """Remember what the exchange said of the keys; an empty reason means that it accepts them."""
    ExchangeAccount.objects.filter(pk=account.pk).update(checked_at=timezone.now(), reason=reason[:300])


def remove_account(account: ExchangeAccount) -> None:
    """Forget an account with its keys, orders, fills and balances."""
    with transaction.atomic():
        account.delete()
        audit.record("remove exchange account", f"exchange account {account.uid}", label=account.label)


def keys_of(account: ExchangeAccount) -> ApiKeys:
    """The account's keys. jobs.encryption.KeyMissing when the key that encrypted them is gone."""
    return ApiKeys(**decrypt(account.keys))


def _store(user: Any, wanted: NewAccount, digest: str) -> ExchangeAccount:
    keys = wanted.keys
    sealed = encrypt({"key": keys.key, "secret": keys.secret, "passphrase": keys.passphrase})
    try:
        with transaction.atomic():
            account = ExchangeAccount.objects.create(
                user=user,
                exchange=wanted.exchange,
                label=wanted.label.strip(),
                keys=sealed,
                hint=f"…{keys.key[-4:]}",
                digest=digest,
                premium=wanted.premium,
                checked_at=timezone.now(),
            )
            audit.record("add exchange account", f"exchange account {account.uid}", label=account.label)
    except IntegrityError:
        raise AccountRefused(
            "You added this key before.", {"apiKey": "is that of an account you have"}
        ) from None
    return account


def _check_fields(wanted: NewAccount) -> None:
    problems = {}
    if wanted.exchange not in exchanges():
        problems["exchange"] = f"must be one of {', '.join(exchanges())}"
    if not 1 <= len(wanted.label.strip()) <= 80 or not wanted.label.strip().isprintable():
        problems["label"] = "must have 1 to 80 characters"
    for field, text in (("apiKey", wanted.keys.key), ("apiSecret", wanted.keys.secret)):
        problem = _key_problem(text)
        if problem:
            problems[field] = problem
    if problems:
        told = "; ".join(f"{field}: {problem}" for field, problem in problems.items())
        raise AccountRefused(f"The account was not added: {told}", problems)


def _key_problem(text: str) -> str:
    """What is wrong with a key by its looks; keys travel in headers, so they are plain ASCII."""
    if not text:
        return "is missing"
    if len(text) < 8 or len(text) > _LONGEST_KEY:
        return f"must have 8 to {_LONGEST_KEY} characters"
    if not text.isascii() or not text.replace("\n", "").isprintable() or text != text.strip():
        return "has characters that no key has"
    return ""
