"""OpenAI's protocol, spoken to a server on loopback."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import LazySettings

from execution.models import Speech
from execution.providers.speech.engines import engine
from execution.providers.speech.openai import OpenAiEngine
from execution.providers.speech.sound import Sound, encode
from execution.tasks import process_tts
from jobs import testing
from jobs.errors import JobError, Permanent, RateLimited, Transient

KEY = "sk-secret"
SOUND = Sound(24_000, 1, 2, b"\x00\x10\x00\xf0" * 6_000)


class Speaking(BaseHTTPRequestHandler):
    """Answers as the API does: a streamed WAV file, or the error that the text names."""

    server: "Server"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._answer(401, b'{"error": {"code": "invalid_api_key"}}')
        if body["input"].isdigit():
            return self._answer(int(body["input"]), b'{"error": {}}')
        if body["input"] == "noise":
            return self._answer(200, b"ID3 is no WAV")
        wav = bytearray(encode(SOUND))
        wav[4:8] = wav[40:44] = b"\xff\xff\xff\xff"
        return self._answer(200, bytes(wav))

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Retry-After", "20")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keep the test's output clean."""


class Server(ThreadingHTTPServer):
    """Remembers the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.seen: list[Any] = []


@pytest.fixture
def server() -> Iterator[Server]:
    """The API on loopback."""
    server = Server()
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _base(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/v1"


def _speak(server: Server, text: str, key: str = KEY) -> Sound:
    return OpenAiEngine(_base(server), "tts-1", key).speak(text, "alloy", 1.25, lambda share: None)


def test_the_request_is_the_apis_and_the_sound_is_what_came(server: Server) -> None:
    assert _speak(server, "Привет, мир") == SOUND
    assert server.seen == [
        (
            "/v1/audio/speech",
            {
                "model": "tts-1",
                "input": "Привет, мир",
                "voice": "alloy",
                "speed": 1.25,
                "response_format": "wav",
            },
        )
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [("500", Transient), ("503", Transient), ("noise", Transient), ("400", Permanent)]
)
def test_an_answer_becomes_the_error_that_fits(server: Server, text: str, kind: type[JobError]) -> None:
    with pytest.raises(kind, match=r"tts-1@127\.0\.0\.1"):
        _speak(server, text)


def test_a_rate_limit_says_how_long_to_wait(server: Server) -> None:
    with pytest.raises(RateLimited) as caught:
        _speak(server, "429")
    assert caught.value.delay == 20.0


def test_a_wrong_key_is_permanent_and_in_no_words(server: Server) -> None:
    with pytest.raises(Permanent) as caught:
        _speak(server, "Hello", key="sk-wrong")
    assert "sk-" not in f"{caught.value!r} {OpenAiEngine('http://x', 'm', 'sk-wrong')!r}"


@pytest.mark.django_db
def test_with_an_address_the_job_speaks_through_it(
    server: Server, settings: LazySettings, media: Path
) -> None:
    settings.SPEECH_URL, settings.SPEECH_API_KEY = f"{_base(server)}/", KEY
    with testing.inline():
        process_tts.delay(text="Hello there")
    row = Speech.objects.get()
    assert (row.engine, row.voice, str(row.seconds)) == ("tts-1@127.0.0.1", "alloy", "0.500")
    assert (media / str(row.file)).read_bytes() == encode(SOUND)


def test_without_an_address_the_model_on_this_machine_speaks(settings: LazySettings) -> None:
    settings.SPEECH_URL = ""
    assert engine().name == "hibari"
    assert engine().text_fault("naïve café, 5 €") == ""
    assert "cannot read" in engine().text_fault("Привет")
