"""Where webhooks may go: decided about addresses, as a table."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

import pytest

from execution.providers.webhooks.addresses import Allowed, checked_addresses, is_public, parse_target
from jobs.errors import Permanent, Transient

NETWORK = Allowed(networks=(ipaddress.ip_network("10.1.0.0/16"),))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "192.0.0.192",
        "192.88.99.1",
        "3fff::1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_for_everybody_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_is_found_in_every_spelling(host: str) -> None:
    with pytest.raises(Permanent, match="is private: webhooks must not go there"):
        checked_addresses(parse_target(f"http://{host}/hook"), Allowed())


def _resolving(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Permanent, match=r"example\.com is at 10\.0\.0\.7, which is private"):
        checked_addresses(parse_target("https://example.com/x"), Allowed(), _resolving("1.1.1.1", "10.0.0.7"))


def test_what_was_checked_is_what_is_connected_to() -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    addresses = checked_addresses(
        parse_target("https://rebinding.example/x"), Allowed(), lambda host, port: next(answers)
    )
    assert addresses == ["1.1.1.1"]
    assert next(answers) == ["127.0.0.1"], "the name was looked up once"


@pytest.mark.parametrize(
    ("address", "passes"), [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("10.2.0.1", False)]
)
def test_an_allowed_network_lets_its_addresses_through_and_no_others(address: str, passes: bool) -> None:
    target = parse_target("http://inside.example/x")
    if passes:
        assert checked_addresses(target, NETWORK, _resolving(address)) == (address,)
    else:
        with pytest.raises(Permanent):
            checked_addresses(target, NETWORK, _resolving(address))


def test_an_allowed_place_is_a_host_with_its_port() -> None:
    allowed = Allowed(places=frozenset({("127.0.0.1", 18899)}))
    assert checked_addresses(parse_target("http://127.0.0.1:18899/a"), allowed) == ["127.0.0.1"]
    with pytest.raises(Permanent):
        checked_addresses(parse_target("http://127.0.0.1:6379/a"), allowed)


def test_a_name_that_does_not_resolve_may_later() -> None:
    def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Transient, match=r"nowhere\.example cannot be resolved"):
        checked_addresses(parse_target("https://nowhere.example/x"), Allowed(), nobody)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ftp://example.com/x", "must begin with https:// or http://"),
        ("example.com/x", "must begin with https:// or http://"),
        ("file:///etc/passwd", "must begin with https:// or http://"),
        ("http://", "has no host"),
        ("https://user:secret@example.com/", "must not hold a user name or a password"),
        ("http://exa mple.com/", "is no URL"),
        ("http://example.com:99999/", "is no URL"),
    ],
)
def test_a_url_that_is_none_says_why(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_target(url)


def test_a_target_is_shown_without_its_path() -> None:
    target = parse_target("https://hooks.example.com:8443/services/T0/secret?token=secret")
    assert target.name == "https://hooks.example.com:8443"
    assert "secret" not in repr(target)
    assert (target.authority, target.path) == ("hooks.example.com:8443", "/services/T0/secret?token=secret")
    assert parse_target("https://[2606:4700::1]/x").authority == "[2606:4700::1]"
