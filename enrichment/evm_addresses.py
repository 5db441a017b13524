"""EVM addresses as payload types: wrong ones are refused before anything is stored."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_HEX = re.compile(r"0x[0-9a-fA-F]{40}")


def checked_evm_address(text: str) -> str:
    """The address with its checksum (EIP-55). ValueError says what is wrong with it."""
    from eth_utils import is_checksum_formatted_address, to_checksum_address

    address = text.strip()
    if not _HEX.fullmatch(address):
        raise ValueError("is no EVM address: 0x and 40 hexadecimal digits")
    right = str(to_checksum_address(address))
    if is_checksum_formatted_address(address) and address != right:
        raise ValueError("has a wrong checksum: a letter may be mistyped")
    return right


def _validated(text: str) -> str:
    try:
        return checked_evm_address(text)
    except ValueError as error:
        raise PydanticCustomError("evm_address", "{reason}", {"reason": str(error)}) from None


EvmAddress = Annotated[str, AfterValidator(_validated)]
