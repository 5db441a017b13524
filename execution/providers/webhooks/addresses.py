"""Where a webhook may go: nowhere that is private, loopback, link-local, multicast or reserved.

Decided about the addresses that the name resolves to, and the connection is made to the very address that
was looked at: a name that resolves differently a moment later changes nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx2

from jobs.errors import Permanent, Transient

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits

# Not on the internet (IANA's special-purpose registries), whatever the table of this Python says; a cloud keeps
# its machines' secrets at 192.0.0.192.
_SPECIAL: tuple[Network, ...] = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)


@dataclass(frozen=True)
class Target:
    """A webhook's URL, taken apart. `path` is with the query, and may hold a secret: it is in no message."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)

    @property
    def name(self) -> str:
        """For people: without the path."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS[self.scheme] == self.port else f"{host}:{self.port}"


@dataclass(frozen=True)
class Allowed:
    """What is let through although it is private: networks, and single hosts with their port."""

    networks: tuple[Network, ...] = ()
    places: frozenset[tuple[str, int]] = frozenset()


def parse_target(url: str) -> Target:
    """Raises ValueError that says what is wrong with the URL."""
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii").strip("[]")
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        raise ValueError("is no URL") from None
    if parsed.scheme not in _PORTS:
        raise ValueError("must begin with https:// or http://")
    if not host:
        raise ValueError("has no host")
    if not _HOST.fullmatch(host) or not 0 < (parsed.port or 1) < 65_536:
        raise ValueError("is no URL")
    if parsed.userinfo:
        raise ValueError("must not hold a user name or a password")
    return Target(parsed.scheme, host, parsed.port or _PORTS[parsed.scheme], parsed.raw_path.decode("ascii"))


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order to try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(target: Target, allowed: Allowed, resolve: Resolve = system_resolver) -> Sequence[str]:
    """The addresses to connect to. Permanent when any is forbidden, Transient when the name has none now."""
    try:
        addresses = resolve(target.host, target.port)
    except socket.gaierror as error:
        raise Transient(f"{target.host} cannot be resolved: {error.strerror}") from None
    except UnicodeError:
        raise Permanent(f"{target.host} is no host name") from None
    if (target.host, target.port) in allowed.places:
        return addresses
    for text in addresses:
        if not _may_be_reached(ipaddress.ip_address(text.partition("%")[0]), allowed):
            found = target.host if text == target.host else f"{target.host} is at {text}, which"
            raise Permanent(f"{found} is private: webhooks must not go there")
    return addresses


def literal_fault(target: Target, allowed: Allowed) -> str:
    """Why a host that is written as an address must not be reached; empty for one that may, and for names."""
    address = _literal(target.host)
    if address is None or (target.host, target.port) in allowed.places or _may_be_reached(address, allowed):
        return ""
    return f"goes to {address}, which is private: webhooks must not go there"


def _literal(host: str) -> Address | None:
    """Also the old ways to write an IPv4 address, which resolvers take: 127.1, 0x7f.1, 2130706433."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach it; of an IPv6 address that holds an IPv4 one, both count."""
    if address in _NAT64:  # nothing but another way to write an IPv4 address
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    inner = _inner(address)
    if inner is not None and not is_public(inner):
        return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: Address) -> Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _may_be_reached(address: Address, allowed: Allowed) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    listed = any(plain in network for network in allowed.networks if network.version == plain.version)
    return listed or is_public(address)
