"""One POST to a webhook, over a connection to an address that was checked."""

import logging
import ssl
import time
from collections.abc import Mapping, Sequence
from functools import cache
from os import getpid

import httpx2

from execution.providers.answers import check_answer
from execution.providers.webhooks.addresses import Target
from jobs.errors import Permanent, Transient

_CONNECT, _ANSWER, _WHOLE = 4.0, 8.0, 15.0  # seconds; the whole is below the job's time limit
_MOST_BYTES = 64 * 1024  # of an answer; nothing of it is kept

# The library logs whole URLs, and so the secrets in their paths.
logging.getLogger("httpx2").setLevel(logging.WARNING)


def post(target: Target, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]) -> int:
    """The status of a 2xx answer. Raises RateLimited, Transient, Permanent, without the path in the words."""
    refused: Transient | None = None
    for address in addresses:
        try:
            return _post_to(address, target, body, headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            refused = Transient(f"{target.name} cannot be reached: {type(error).__name__}")
    raise refused or Transient(f"{target.host} has no address")


def _post_to(address: str, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    host = f"[{address}]" if ":" in address else address
    url = f"{target.scheme}://{host}:{target.port}{target.path}"
    # The certificate is checked against the name, not against the address.
    extensions = {"sni_hostname": target.host}
    try:
        with (
            _client() as client,
            client.stream(
                "POST",
                url,
                content=body,
                headers={**headers, "Host": target.authority},
                extensions=extensions,
            ) as response,
        ):
            _read_some(target, response)
            check_answer(target.name, response.status_code, response.headers)
            return response.status_code
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        raise
    except httpx2.TimeoutException:
        raise Transient(f"{target.name} did not answer in time") from None
    except httpx2.TransportError as error:
        raise Transient(f"{target.name} broke off: {type(error).__name__}") from None
    except httpx2.InvalidURL:
        raise Permanent(f"the address of {target.name} is no URL") from None


def _read_some(target: Target, response: httpx2.Response) -> None:
    """Read to the end when that is near, so that the other side sees a clean one."""
    size, until = 0, time.monotonic() + _WHOLE
    for part in response.iter_raw():
        size += len(part)
        if time.monotonic() > until:
            raise Transient(f"{target.name} did not end its answer in time")
        if size > _MOST_BYTES:
            return


def _client() -> httpx2.Client:
    """One per call: a connection to an address must not be taken for another name that has the same one."""
    return httpx2.Client(
        verify=_certificates(getpid()),
        timeout=httpx2.Timeout(_ANSWER, connect=_CONNECT),
        follow_redirects=False,
        trust_env=False,  # a proxy would resolve the name by itself
    )


@cache
def _certificates(process: int) -> ssl.SSLContext:
    """Read once per process: that takes tens of milliseconds."""
    return httpx2.create_ssl_context(trust_env=False)
