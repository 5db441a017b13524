"""What the settings say about webhooks."""

import ipaddress
from collections.abc import Sequence

from django.conf import settings

from execution.providers.webhooks.addresses import Allowed, parse_target
from jobs.errors import Permanent


def allowed_places() -> Allowed:
    """WEBHOOK_ALLOWED_NETWORKS, and where nothing is secret the sandbox. Permanent when they make no sense."""
    try:
        networks = tuple(ipaddress.ip_network(text) for text in settings.WEBHOOK_ALLOWED_NETWORKS)
    except ValueError as error:
        raise Permanent(f"WEBHOOK_ALLOWED_NETWORKS: {error}") from None
    if not settings.WEBHOOK_TO_SANDBOX:
        return Allowed(networks)
    sandbox = parse_target(settings.SANDBOX_URL)
    return Allowed(networks, frozenset({(sandbox.host, sandbox.port)}))


def signing_secrets() -> Sequence[str]:
    """WEBHOOK_SECRETS. Permanent when there are none: an unsigned webhook proves nothing."""
    if not settings.WEBHOOK_SECRETS:
        raise Permanent("No webhook can be signed: set WEBHOOK_SECRETS")
    return list(settings.WEBHOOK_SECRETS)
