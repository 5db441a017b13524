"""Base58 and base64 as the Solana JSON-RPC uses them."""

import base64
import binascii

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
DIGITS = {character: value for value, character in enumerate(ALPHABET)}


def to_base58(data: bytes) -> str:
    """Bytes as base58 (the Bitcoin alphabet), leading zero bytes as ones."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * zeros + text


def from_base58(text: str) -> bytes:
    """The bytes of a base58 text; raises ValueError on a character outside the alphabet."""
    number = 0
    for character in text:
        if character not in DIGITS:
            raise ValueError(f"invalid base58 character '{character}'")
        number = number * 58 + DIGITS[character]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_base64(data: bytes) -> str:
    """Bytes as padded standard base64."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """The bytes of a base64 text; raises ValueError."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
