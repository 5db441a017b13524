"""Speech by a server with OpenAI's protocol. https://platform.openai.com/docs/api-reference/audio/createSpeech

OpenAI itself, and the many local servers that speak the same: only the address differs.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

from execution.providers.answers import check_answer
from execution.providers.speech.sound import NoWaveError, Sound, decode
from jobs.errors import Permanent, Transient

_MOST_BYTES = 64 * 1024 * 1024
_TIMEOUT = httpx2.Timeout(60.0, connect=5.0)  # between two parts of an answer

logging.getLogger("httpx2").setLevel(logging.WARNING)


@dataclass(frozen=True)
class OpenAiEngine:
    """`base` is as OpenAI's own clients take it: https://api.openai.com/v1"""

    base: str
    model: str
    key: str = field(repr=False)
    default_voice: str = "alloy"
    voices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The model and where it is."""
        return f"{self.model}@{_host(self.base)}"

    def text_fault(self, text: str) -> str:
        """It reads whatever it reads."""
        return ""

    def speak(self, text: str, voice: str, speed: float, on_part: Callable[[float], None]) -> Sound:
        """Ask for a WAV file. Raises RateLimited, Transient, Permanent; no message holds the key."""
        wanted = {
            "model": self.model, "input": text, "voice": voice, "speed": speed, "response_format": "wav",
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            return decode(self._answer(wanted, headers))
        except NoWaveError as error:
            raise Transient(f"{self.name} answered with something that is no WAV file: {error}") from None

    def _answer(self, wanted: dict[str, object], headers: dict[str, str]) -> bytes:
        url = f"{self.base}/audio/speech"
        try:
            with httpx2.stream("POST", url, json=wanted, headers=headers, timeout=_TIMEOUT) as response:
                check_answer(self.name, response.status_code, response.headers)
                return self._bounded(response)
        except httpx2.TimeoutException:
            raise Transient(f"{self.name} did not answer in time") from None
        except httpx2.TransportError as error:
            raise Transient(f"{self.name} cannot be reached: {type(error).__name__}") from None
        except httpx2.InvalidURL:
            raise Permanent("SPEECH_URL is no URL") from None

    def _bounded(self, response: httpx2.Response) -> bytes:
        data = bytearray()
        for part in response.iter_bytes():
            data += part
            if len(data) > _MOST_BYTES:
                raise Permanent(f"{self.name} answered with more than {_MOST_BYTES:,} bytes")
        return bytes(data)


def _host(base: str) -> str:
    try:
        return httpx2.URL(base).host or "?"
    except httpx2.InvalidURL:
        return "?"
