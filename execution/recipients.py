"""Who a notification goes to: checked at the door, and shown without what may be secret."""

from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from analysis.services.alerts.rules import LOG_NAME, LOG_NAME_FAULT
from execution.providers.webhooks.addresses import literal_fault, parse_target
from execution.providers.webhooks.policy import allowed_places


class Channel(StrEnum):
    """How it goes there."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    LOG = "log"


def recipient_fault(channel: Channel, recipient: str) -> str:
    """What is wrong with a recipient for this channel; empty when nothing is."""
    if channel is Channel.WEBHOOK:
        return _url_fault(recipient)
    if channel is Channel.EMAIL:
        try:
            validate_email(recipient)
        except ValidationError:
            return "is no e-mail address"
        return ""
    return "" if LOG_NAME.fullmatch(recipient) else LOG_NAME_FAULT


def refused_at_the_door(channel: Channel, recipient: str) -> str:
    """What is wrong with a recipient as far as it can be told before anything is sent; empty when nothing is."""
    fault = recipient_fault(channel, recipient)
    if fault or channel is not Channel.WEBHOOK:
        return fault
    return literal_fault(parse_target(recipient), allowed_places())


def shown_recipient(channel: Channel, recipient: str) -> str:
    """As people may see it: of a URL the scheme and the host, as its path may be its password."""
    if channel is not Channel.WEBHOOK:
        return recipient[:320]
    try:
        return parse_target(recipient).name[:320]
    except ValueError:
        return "no URL"


def _url_fault(url: str) -> str:
    try:
        parse_target(url)
    except ValueError as error:
        return str(error)
    return ""
