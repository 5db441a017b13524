"""The connection to a webhook: to the address that was checked, bounded, with the name's certificate."""

import datetime
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from execution.providers.webhooks import sending
from execution.providers.webhooks.addresses import Target
from execution.providers.webhooks.sending import post
from execution.providers.webhooks.signing import signature
from jobs.errors import JobError, Permanent, RateLimited, Transient

NAME = "hooks.example.com"
SECRET_PATH = "T0PS3CRET"


class Receiving(BaseHTTPRequestHandler):
    """Answers `/<status>` with that status; `/endless` never stops."""

    server: "Server"

    def do_POST(self) -> None:
        seen = self.server.seen
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen.append((self.path, self.headers["Host"], body))
        what = self.path.split("/")[1]
        self.send_response(200 if what == "endless" else int(what))
        for name, value in (("Location", "/200"), ("Retry-After", "9")):
            self.send_header(name, value)
        self.end_headers()
        try:
            while what == "endless":
                self.wfile.write(b"x" * 65_536)
                seen.append("part")
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keep the test's output clean."""


class Server(ThreadingHTTPServer):
    """Remembers the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.seen: list[Any] = []

    def target(self, path: str, scheme: str = "http", name: str = NAME) -> Target:
        """A name that only the given address makes reachable."""
        return Target(scheme, name, self.server_port, path)


@pytest.fixture
def server() -> Iterator[Server]:
    """A receiver on loopback."""
    server = Server()
    yield from _serve(server)


def _serve(server: Server) -> Iterator[Server]:
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _send(target: Target, *addresses: str) -> int:
    return post(target, addresses or ("127.0.0.1",), b"{}", {"Content-Type": "application/json"})


def test_the_connection_goes_to_the_address_and_the_name_travels_as_host(server: Server) -> None:
    assert _send(server.target("/200/x?y=1")) == 200
    assert server.seen == [("/200/x?y=1", f"{NAME}:{server.server_port}", b"{}")]


def test_the_next_address_is_tried_when_one_cannot_be_reached(server: Server) -> None:
    assert _send(server.target("/202"), "127.0.0.2", "127.0.0.1") == 202


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, Transient),
        (503, Transient),
        (408, Transient),
        (429, RateLimited),
        (400, Permanent),
        (401, Permanent),
        (404, Permanent),
        (410, Permanent),
        (302, Permanent),
        (307, Permanent),
    ],
)
def test_an_answer_becomes_the_error_that_fits_without_the_path(
    server: Server, status: int, kind: type[JobError]
) -> None:
    with pytest.raises(kind) as caught:
        _send(server.target(f"/{status}/{SECRET_PATH}"))
    assert SECRET_PATH not in str(caught.value)
    assert len(server.seen) == 1, "a redirect is not followed"


def test_too_many_requests_carry_the_seconds_to_wait(server: Server) -> None:
    with pytest.raises(RateLimited) as caught:
        _send(server.target("/429"))
    assert caught.value.delay == 9.0


def test_an_endless_answer_is_left_after_64_kib(server: Server) -> None:
    assert _send(server.target("/endless")) == 200


def test_nobody_there_is_transient() -> None:
    with pytest.raises(Transient, match=r"hooks\.example\.com:9 cannot be reached"):
        _send(Target("http", NAME, 9, "/"))


def test_a_proxy_in_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert _send(server.target("/200")) == 200


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A receiver with a certificate for NAME, which this process trusts."""
    pem = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Server()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(sending, "_certificates", lambda process: trusting)
    yield from _serve(server)


def test_the_certificate_is_checked_against_the_name_though_an_address_is_dialled(tls_server: Server) -> None:
    assert _send(tls_server.target("/200", "https")) == 200
    with pytest.raises(Transient, match=r"https://other\.example\.com:\d+ cannot be reached"):
        _send(tls_server.target("/200", "https", "other.example.com"))
    assert len(tls_server.seen) == 1


def test_a_signature_has_the_moment_and_one_part_per_secret() -> None:  # by `openssl dgst -sha256 -hmac`
    assert signature(b'{"a":1}', ["one", "two"], 1_800_000_000) == (
        "t=1800000000,"
        "v1=d7475e036fb47d95e2556e2594477b624af68f83d3318a1e59aa83d6f0d8eff8,"
        "v1=250a809a2dfd76f2c3a0a2335b4ccd154ee3aa3c7bb8b272e2d94257933a5057"
    )


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "hooks.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return pem
