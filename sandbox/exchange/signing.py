"""Who signs a request: HMAC-SHA256 over everything but the signature, and a time that is not far off.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/endpoint-security-type
"""

import hashlib
import hmac
from collections.abc import Mapping

from sandbox.exchange.accounts import Keys
from sandbox.exchange.errors import bad_key, illegal, missing, refusal
from sandbox.http import Request

_WINDOW = 5_000  # milliseconds, when recvWindow is not sent
_LONGEST = 60_000
_AHEAD = 1_000  # milliseconds that a client's clock may be early


def signed_by(request: Request, keys: Mapping[str, Keys], now: int) -> str:
    """The account whose key signed the request; `now` is in milliseconds. HttpError when none did."""
    found = _key_of(request, keys)
    parameters = request.parameters()
    if "signature" not in parameters:
        raise missing("signature")
    given = parameters["signature"].lower().encode()
    if not hmac.compare_digest(_signature(request, found.secret).encode(), given):
        raise refusal(-1022, "Signature for this request is not valid.")
    _check_time(parameters, now)
    return found.account


def _key_of(request: Request, keys: Mapping[str, Keys]) -> Keys:
    key = request.headers.get("x-mbx-apikey", "")
    if not key:
        raise refusal(-2014, "API-key format invalid.", 401)
    found = keys.get(key)
    if found is None or found.revoked:
        raise bad_key()
    return found


def _signature(request: Request, secret: str) -> str:
    """Of the query and the body as they were sent, without the signature's own parameter."""
    text = (request.raw_query + request.body.decode(errors="replace")).rpartition("signature=")[0]
    signed = text.removesuffix("&")
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def _check_time(parameters: Mapping[str, str], now: int) -> None:
    moment = _whole(parameters, "timestamp")
    if moment is None:
        raise missing("timestamp")
    window = _whole(parameters, "recvWindow")
    window = _WINDOW if window is None else window
    if window > _LONGEST:
        raise refusal(-1131, "recvWindow must be less than 60000")
    if moment > now + _AHEAD:
        raise refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now - moment > window:
        raise refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def _whole(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise illegal(name)
    return int(text)
