"""Sound as plain samples, and as a WAV file."""

import io
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field

_PCM, _EXTENSIBLE = 1, 0xFFFE
_UNKNOWN = 0xFFFF_FFFF  # what a server writes as a length when it streams


class NoWaveError(ValueError):
    """These bytes are no WAV file of plain samples."""


@dataclass(frozen=True)
class Sound:
    """Samples: per second, channels, bytes of each, and the frames themselves (little-endian)."""

    rate: int
    channels: int
    width: int
    frames: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.frames) / (self.rate * self.channels * self.width)


def encode(sound: Sound) -> bytes:
    """The sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(sound.channels)
        writer.setsampwidth(sound.width)
        writer.setframerate(sound.rate)
        writer.writeframes(sound.frames)
    return file.getvalue()


def decode(data: bytes) -> Sound:
    """A WAV file's sound. Servers that stream do not know the lengths they write: the end of the data counts.

    Raises NoWaveError. http://soundfile.sapp.org/doc/WaveFormat/
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise NoWaveError("it does not begin like a WAV file")
    chunks = dict(_chunks(data))
    if len(chunks.get(b"fmt ", b"")) < 16 or b"data" not in chunks:
        raise NoWaveError("a part of it is missing")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind not in {_PCM, _EXTENSIBLE} or bits not in {8, 16, 24, 32} or not channels or not rate:
        raise NoWaveError("it holds something else than plain samples")
    frame = channels * bits // 8
    whole = len(chunks[b"data"]) // frame * frame
    return Sound(rate, channels, bits // 8, chunks[b"data"][:whole])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        size = len(data) if size == _UNKNOWN else size
        yield name, data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
