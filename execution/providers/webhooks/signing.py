"""`Millrace-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`, one `v1` per secret.

The scheme of https://docs.stripe.com/webhooks#verify-manually; several secrets let a receiver move from
one to the next. How a receiver checks it: docs/how-to/verify-webhooks.md.
"""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "Millrace-Signature"


def signature(body: bytes, secrets: Sequence[str], now: int) -> str:
    """The header's value for a body sent at `now` (unix seconds)."""
    signed = f"{now}.".encode() + body
    parts = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={now}", *(f"v1={part}" for part in parts)])
