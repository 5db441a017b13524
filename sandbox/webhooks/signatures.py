"""The receiver's side of a signature: `t=<unix seconds>,v1=<hex>`, HMAC-SHA256 over `<t>.<body>`."""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "millrace-signature"
TOLERANCE = 300  # seconds that a signature may be old, or ahead of this clock


def fault_of(header: str, body: bytes, secrets: Sequence[str], now: float) -> str:
    """What is wrong with a signature; empty when it is right."""
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    moments = [value for name, value in pairs if name == "t" and value.isdigit()]
    given = [value for name, value in pairs if name == "v1"]
    if len(moments) != 1 or not given:
        return "no signature"
    expected = [_signature(secret, moments[0], body) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given):
        return "wrong signature"
    if abs(now - int(moments[0])) > TOLERANCE:
        return "signature too old"
    return ""


def _signature(secret: str, moment: str, body: bytes) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
