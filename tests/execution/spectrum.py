"""Is it speech? Measured on the samples: where the energy is, how much of it is voiced, how it comes and goes."""

from dataclasses import dataclass
from typing import Any

import numpy

from execution.providers.speech.sound import Sound

_FRAME = 0.04  # seconds


@dataclass(frozen=True)
class Measured:
    """`band`: the share of energy in 100-4000 Hz. `voiced`: the share of loud frames with a pitch of a human
    voice. `quiet`: the share of frames that are pauses. `pitch`: the median, in Hz. `tones`: how many different
    pitches there are, in quarter tones."""

    band: float
    voiced: float
    quiet: float
    pitch: float
    tones: int


def measure(sound: Sound) -> Measured:
    """Of 16-bit mono."""
    samples = numpy.frombuffer(sound.frames, "<i2").astype(float) / 32_768
    size = int(_FRAME * sound.rate)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    loudness = numpy.sqrt((frames**2).mean(axis=1))
    loud = loudness > 0.1 * loudness.max()
    pitches = numpy.array([_pitch(frame, sound.rate) for frame in frames[loud]])
    voiced = pitches[pitches > 0]
    return Measured(
        band=_band(samples, sound.rate),
        voiced=len(voiced) / max(1, len(pitches)),
        quiet=float((~loud).mean()),
        pitch=float(numpy.median(voiced)) if len(voiced) else 0.0,
        tones=len(set(numpy.round(24 * numpy.log2(voiced / 55)))) if len(voiced) else 0,
    )


def _band(samples: Any, rate: int) -> float:
    power = numpy.abs(numpy.fft.rfft(samples)) ** 2
    hertz = numpy.fft.rfftfreq(len(samples), 1 / rate)
    return float(power[(hertz >= 100) & (hertz <= 4000)].sum() / power.sum())


def _pitch(frame: Any, rate: int) -> float:
    """By the peak of the autocorrelation between 70 and 400 Hz; 0 when the frame does not repeat itself."""
    centred = frame - frame.mean()
    spectrum = numpy.abs(numpy.fft.rfft(centred, 2 * len(centred))) ** 2
    correlation = numpy.fft.irfft(spectrum)[: len(centred)]
    shortest, longest = rate // 400, rate // 70
    lag = shortest + int(correlation[shortest:longest].argmax())
    return rate / lag if correlation[lag] > 0.4 * correlation[0] else 0.0
