"""WAV files, as they come from servers too."""

import struct

import pytest

from execution.providers.speech.sound import NoWaveError, Sound, decode, encode

SOUND = Sound(8_000, 1, 2, b"\x01\x00\xff\x7f" * 4_000)


def test_what_is_written_can_be_read_again() -> None:
    assert decode(encode(SOUND)) == SOUND
    assert SOUND.seconds == 1.0


def test_a_streamed_file_ends_where_its_data_ends() -> None:
    data = bytearray(encode(SOUND))
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    assert decode(bytes(data)) == SOUND


def test_half_a_frame_at_the_end_is_left_out() -> None:
    assert decode(encode(SOUND)[:-1]).frames == SOUND.frames[:-2]


def test_chunks_that_mean_nothing_here_are_passed_over() -> None:
    data = encode(SOUND)
    note = b"LIST" + struct.pack("<I", 3) + b"abc\x00"
    assert decode(data[:12] + note + data[12:]) == SOUND


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "does not begin like a WAV file"),
        (b"ID3\x04 an mp3 file", "does not begin like a WAV file"),
        (b"RIFF\x00\x00\x00\x00WAVE", "a part of it is missing"),
        (encode(SOUND)[:20] + b"\x03\x00" + encode(SOUND)[22:], "something else than plain samples"),
    ],
)
def test_what_is_no_wave_says_why(data: bytes, fault: str) -> None:
    with pytest.raises(NoWaveError, match=fault):
        decode(data)
