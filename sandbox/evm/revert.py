"""Why a contract reverted: Solidity's and Vyper's Error(string) and Panic(uint256)."""

_ERROR = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")


def reason_of(data: bytes) -> str:
    """The sentence in a revert's data; empty when it has none."""
    from eth_abi import decode
    from eth_abi.exceptions import DecodingError

    try:
        if data[:4] == _ERROR:
            return str(decode(["string"], data[4:])[0])
        if data[:4] == _PANIC:
            return f"panic {decode(['uint256'], data[4:])[0]:#x}"
    except DecodingError:
        return ""
    return ""
