"""Settings that make no sense, told at the start of every command."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from execution.providers.webhooks.addresses import literal_fault, parse_target
from execution.providers.webhooks.policy import allowed_places
from execution.services.wallets.keys import address_of
from jobs.errors import Permanent


def check_settings(**_: Any) -> list[checks.CheckMessage]:
    """Every fault as Django's message."""
    return [checks.Error(sentence, id=code) for code, sentence in _faults()]


def _faults() -> Iterator[tuple[str, str]]:
    for name in ("ALERT_WEBHOOK_URL", "SPEECH_URL"):
        fault = _url_fault(getattr(settings, name))
        if fault:
            yield "execution.E001", f"{name} {fault}"
    yield from _alert_faults()
    if settings.ALERT_WEBHOOK_URL and not settings.WEBHOOK_SECRETS:
        yield "execution.E002", "ALERT_WEBHOOK_URL is set, but no webhook can be signed: set WEBHOOK_SECRETS"
    for text in settings.WEBHOOK_ALLOWED_NETWORKS:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            yield "execution.E003", f"WEBHOOK_ALLOWED_NETWORKS: {error}"
    yield from _chain_faults()
    if settings.ALERT_COOLDOWN <= 0:
        yield "execution.E004", "ALERT_COOLDOWN is a number of seconds greater than 0"


def _alert_faults() -> Iterator[tuple[str, str]]:
    """Somewhere private is told now: alerts are few, and would all fail."""
    url = settings.ALERT_WEBHOOK_URL
    try:
        fault = literal_fault(parse_target(url), allowed_places()) if url else ""
    except (ValueError, Permanent):
        return  # told by itself
    if fault:
        yield "execution.E007", f"ALERT_WEBHOOK_URL {fault}"


def _chain_faults() -> Iterator[tuple[str, str]]:
    for place, key in enumerate(settings.EVM_PRIVATE_KEYS, 1):
        try:
            address_of(key)
        except ValueError as error:
            yield "execution.E005", f"EVM_PRIVATE_KEYS: number {place} {error}"
    for name in ("EVM_POLL_SECONDS", "EVM_IDLE_SECONDS"):
        if not 0 < getattr(settings, name) < float("inf"):
            yield "execution.E006", f"{name} is a number of seconds greater than 0"


def _url_fault(url: str) -> str:
    try:
        if url:
            parse_target(url)
    except ValueError as error:
        return str(error)
    return ""
