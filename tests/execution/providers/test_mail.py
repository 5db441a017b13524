"""E-mail to a server on loopback: its codes as the errors that say what to do about them."""

from collections.abc import Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from django.conf import LazySettings

from execution.providers.mail import send_mail
from jobs.errors import JobError, Permanent, Transient


class Smtp(StreamRequestHandler):
    """Enough of RFC 5321; a recipient such as `550@...` is answered with that code."""

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                code = line.partition("<")[2][:3]
                self._say(f"{code} so it is" if code.isdigit() else "250 fine")
            elif verb == "DATA":
                self._say("354 go on")
                self._read()
                self._say("250 kept")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 fine")

    def _read(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.decode())
        kept: list[str] = self.server.kept  # type: ignore[attr-defined]  # see the fixture
        kept.append("".join(lines))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def kept(settings: LazySettings) -> Iterator[list[str]]:
    """The messages that a mail server on loopback accepted."""
    server = ThreadingTCPServer(("127.0.0.1", 0), Smtp)
    server.daemon_threads = True
    server.kept = []  # type: ignore[attr-defined]  # for the handler
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server.kept  # type: ignore[attr-defined]  # as above
    server.shutdown()
    server.server_close()


def test_a_message_arrives_with_an_id_made_of_its_key(kept: list[str]) -> None:
    for _ in range(2):
        send_mail("operator@example.com", "Größe", "One line.\nAnother.", "order-7")
    ids = {line for message in kept for line in message.splitlines() if line.startswith("Message-ID: ")}
    assert (len(kept), len(ids)) == (2, 1)
    assert "One line.\nAnother." in kept[0].replace("\r\n", "\n")


@pytest.mark.parametrize(("code", "kind"), [("550", Permanent), ("451", Transient), ("421", Transient)])
def test_a_refusal_becomes_the_error_that_fits(kept: list[str], code: str, kind: type[JobError]) -> None:
    with pytest.raises(kind, match=code):
        send_mail(f"{code}@example.com", "Hello", "", "k")
    assert kept == []


def test_nobody_there_is_transient(kept: list[str], settings: LazySettings) -> None:
    settings.EMAIL_PORT = 9
    with pytest.raises(Transient, match="cannot be reached"):
        send_mail("operator@example.com", "Hello", "", "k")
