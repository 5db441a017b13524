"""Makes and changes alert rules. What makes no sense is refused, field by field, before anything is stored."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from analysis.models import AlertChannel, AlertKind, AlertRule
from enrichment.models import Coin
from jobs import audit
from jobs.errors import Refused

_MOST = Decimal(10) ** 18
_LONGEST = timedelta(days=30)
MOST_RULES = 200  # of one user
# Under which name the log tells of something: whatever a user may be called, and spaces.
LOG_NAME = re.compile(r"[\w.@+:\- ]{1,150}")
LOG_NAME_FAULT = "is a name of up to 150 letters, digits, - _ . : @ + or spaces"


@dataclass(frozen=True)
class Wanted:
    """What a rule is to be; `window` and `cooldown` are minutes."""

    kind: str
    threshold: Decimal
    window: int = 60
    cooldown: int = 60
    channel: str = AlertChannel.LOG.value
    recipient: str = ""
    enabled: bool = True


def create_rule(user: Any, coin: Coin, wanted: Wanted) -> AlertRule:
    """A new rule of the user's. Refused names every field that is wrong."""
    _check(wanted)
    if AlertRule.objects.filter(user=user).count() >= MOST_RULES:
        raise Refused(f"You have {MOST_RULES} alerts already; delete some.", {"coin": "too many alerts"})
    with transaction.atomic():
        rule = AlertRule.objects.create(user=user, coin=coin, **_columns(wanted))
        _told("add", rule)
    return rule


def change_rule(rule: AlertRule, wanted: Wanted) -> AlertRule:
    """The rule as it is wanted now. Refused as above."""
    _check(wanted)
    columns = _columns(wanted)
    with transaction.atomic():
        AlertRule.objects.filter(pk=rule.pk).update(**columns)
        rule.refresh_from_db()
        _told("change", rule)
    return rule


def delete_rule(rule: AlertRule) -> None:
    """The rule is gone, and its history with it."""
    with transaction.atomic():
        _told("delete", rule)
        rule.delete()


def wanted_of(rule: AlertRule) -> Wanted:
    """What a rule is now, as a beginning for changes."""
    minutes = {name: int(getattr(rule, name).total_seconds() // 60) for name in ("window", "cooldown")}
    return Wanted(
        rule.kind,
        rule.threshold,
        **minutes,
        channel=rule.channel,
        recipient=rule.recipient,
        enabled=rule.enabled,
    )


def _told(act: str, rule: AlertRule) -> None:
    audit.record(
        f"{act} alert rule", f"alert rule {rule}", owner=rule.user.get_username(), enabled=rule.enabled
    )


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "threshold": wanted.threshold,
        "window": timedelta(minutes=wanted.window),
        "cooldown": timedelta(minutes=wanted.cooldown),
        "channel": wanted.channel,
        "recipient": wanted.recipient.strip(),
        "enabled": wanted.enabled,
    }


def _check(wanted: Wanted) -> None:
    faults = {
        "kind": "" if wanted.kind in AlertKind.values else f"is one of {', '.join(AlertKind.values)}",
        "threshold": _threshold_fault(wanted),
        "window": _minutes_fault(wanted.window),
        "cooldown": _minutes_fault(wanted.cooldown),
        "channel": ""
        if wanted.channel in AlertChannel.values
        else f"is one of {', '.join(AlertChannel.values)}",
        "recipient": _recipient_fault(wanted.channel, wanted.recipient.strip()),
    }
    found = {field: fault for field, fault in faults.items() if fault}
    if found:
        raise Refused("; ".join(f"{field}: {fault}" for field, fault in found.items()), found)


def _threshold_fault(wanted: Wanted) -> str:
    if not wanted.threshold.is_finite() or not 0 < wanted.threshold < _MOST:
        return "is a number greater than 0"
    if -int(wanted.threshold.normalize().as_tuple().exponent) > 18:
        return "has at most 18 decimal places"
    if wanted.kind == AlertKind.RISK_ABOVE and wanted.threshold >= 100:
        return "is below 100: no score is higher"
    if wanted.kind == AlertKind.FALLS and wanted.threshold > 100:
        return "is at most 100 per cent"
    return ""


def _minutes_fault(minutes: int) -> str:
    longest = int(_LONGEST.total_seconds() // 60)
    return "" if 1 <= minutes <= longest else f"is 1 to {longest} minutes"


def _recipient_fault(channel: str, recipient: str) -> str:
    if len(recipient) > 500:
        return "has at most 500 characters"
    if "\0" in recipient:
        return "holds the character U+0000"
    if channel == AlertChannel.LOG and recipient and not LOG_NAME.fullmatch(recipient):
        return LOG_NAME_FAULT
    if channel == AlertChannel.EMAIL:
        try:
            validate_email(recipient)
        except ValidationError:
            return "is no e-mail address"
    if channel == AlertChannel.WEBHOOK and not _is_web_address(recipient):
        return "is no address that begins with https:// or http://"
    return ""


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:  # brackets that hold no address, or a port that is none
        return False
