"""Arguments against an ABI: checked, encoded, and answers decoded. https://docs.soliditylang.org/en/latest/abi-spec.html"""

from collections.abc import Sequence
from typing import Any

from jobs.errors import Refused

Abi = Sequence[dict[str, Any]]


def constructor_data(abi: Abi, arguments: Sequence[Any]) -> str:
    """The constructor's arguments in hex, without 0x. Refused names each that does not fit."""
    entry = next((entry for entry in abi if entry.get("type") == "constructor"), None)
    inputs = entry["inputs"] if entry else []
    return _encoded(inputs, arguments, "arguments").hex()


def encode_call(abi: Abi, function: str, arguments: Sequence[Any]) -> str:
    """A call's data in hex. Refused for a function that is none, and for arguments that do not fit."""
    from eth_utils import keccak

    entry = function_named(abi, function, len(arguments))
    inputs = entry["inputs"]
    signature = f"{function}({','.join(type_of(each) for each in inputs)})"
    return "0x" + keccak(signature.encode())[:4].hex() + _encoded(inputs, arguments, "arguments").hex()


def decode_answer(abi: Abi, function: str, count: int, answer: str) -> list[Any]:
    """What a function gave back, bytes in hex and large numbers as text. Refused for an answer that is none."""
    from eth_abi import decode
    from eth_abi.exceptions import DecodingError

    outputs = function_named(abi, function, count).get("outputs", [])
    try:
        values = decode([type_of(each) for each in outputs], bytes.fromhex(answer.removeprefix("0x")))
    except DecodingError:
        problem = "the answer does not fit the ABI: is this the contract?"
        raise Refused(problem, {"function": problem}) from None
    return [_plain(value) for value in values]


def function_named(abi: Abi, name: str, count: int) -> dict[str, Any]:
    """A function by its name and number of arguments. Refused when there is none."""
    fitting = [e for e in abi if e.get("type") == "function" and e.get("name") == name]
    if not fitting:
        raise Refused(f"The contract has no function {name!r}.", {"function": f"unknown: {name!r}"})
    exact = [entry for entry in fitting if len(entry["inputs"]) == count]
    return exact[0] if exact else fitting[0]


def views(abi: Abi) -> list[dict[str, Any]]:
    """The functions that only read."""
    return [e for e in abi if e.get("type") == "function" and e.get("stateMutability") in {"view", "pure"}]


def check_abi(abi: Any) -> None:
    """Refused when it is no ABI."""
    fits = isinstance(abi, list) and all(isinstance(e, dict) and isinstance(e.get("type"), str) for e in abi)
    if not fits or any(not isinstance(e.get("inputs", []), list) for e in abi):
        raise Refused("The ABI is a list of entries, each with a type.", {"abi": "is no ABI"})


def type_of(parameter: dict[str, Any]) -> str:
    """A parameter's canonical type: tuples are spelled out."""
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(type_of(part) for part in parameter['components'])}){kind[5:]}"


def _encoded(inputs: Sequence[dict[str, Any]], arguments: Sequence[Any], field: str) -> bytes:
    from eth_abi import encode

    if len(arguments) != len(inputs):
        wanted = ", ".join(f"{each['name']}: {type_of(each)}" for each in inputs) or "none"
        problem = f"{len(arguments)} given, {len(inputs)} wanted ({wanted})"
        raise Refused(f"The arguments do not fit: {problem}.", {field: problem})
    values = [_read(type_of(each), value) for each, value in zip(inputs, arguments, strict=True)]
    faults = _misfits(inputs, values, field)
    if faults:
        listed = "; ".join(f"{name} {problem}" for name, problem in faults.items())
        raise Refused(f"The arguments do not fit: {listed}.", faults)
    return bytes(encode([type_of(each) for each in inputs], values))


def _misfits(inputs: Sequence[dict[str, Any]], values: Sequence[Any], field: str) -> dict[str, str]:
    from eth_abi import is_encodable

    return {
        f"{field}.{each['name'] or place}": f"is no {type_of(each)}: {value!r}"
        for place, (each, value) in enumerate(zip(inputs, values, strict=True))
        if not is_encodable(type_of(each), value)
    }


def _read(kind: str, value: Any) -> Any:
    """JSON has no bytes and no large numbers: text is read as what the type wants."""
    if kind.endswith("]") and isinstance(value, list):
        return [_read(kind[: kind.rindex("[")], part) for part in value]
    if not isinstance(value, str):
        return value
    try:
        if kind.startswith(("uint", "int")):
            return int(value, 0)
        if kind.startswith("bytes"):
            return bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        return value
    if kind == "bool" and value in {"true", "false"}:
        return value == "true"
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
