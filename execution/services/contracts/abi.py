"""Arguments against an ABI: checked, encoded, and answers decoded. https://docs.soliditylang.org/en/latest/abi-spec.html"""

import re
from collections.abc import Sequence
from typing import Any

from jobs.errors import Refused

Abi = Sequence[dict[str, Any]]
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}")
_DIMENSIONS = re.compile(r"(\[[0-9]{0,9}\]){0,5}")
_DEEPEST = 8  # tuples in tuples
_LONGEST_TYPE = 60  # characters


def constructor_data(abi: Abi, arguments: Sequence[Any]) -> str:
    """The constructor's arguments in hex, without 0x. Refused names each that does not fit."""
    entry = next((entry for entry in abi if entry.get("type") == "constructor"), None)
    inputs = entry.get("inputs", []) if entry else []
    return _encoded(inputs, arguments, "arguments").hex()


def encode_call(abi: Abi, function: str, arguments: Sequence[Any]) -> str:
    """A call's data in hex. Refused for a function that is none, and for arguments that do not fit."""
    from eth_utils import keccak

    entry = function_named(abi, function, len(arguments))
    inputs = entry.get("inputs", [])
    signature = f"{function}({','.join(type_of(each) for each in inputs)})"
    return "0x" + keccak(signature.encode())[:4].hex() + _encoded(inputs, arguments, "arguments").hex()


def decode_answer(abi: Abi, function: str, count: int, answer: str) -> list[Any]:
    """What a function gave back, bytes in hex and large numbers as text. Refused for an answer that is none."""
    from eth_abi import decode
    from eth_abi.exceptions import DecodingError

    outputs = function_named(abi, function, count).get("outputs", [])
    try:
        values = decode([type_of(each) for each in outputs], bytes.fromhex(answer.removeprefix("0x")))
    except (DecodingError, ValueError, OverflowError):
        problem = "the answer does not fit the ABI: is this the contract?"
        raise Refused(problem, {"function": problem}) from None
    return [_plain(value) for value in values]


def function_named(abi: Abi, name: str, count: int) -> dict[str, Any]:
    """A function by its name and number of arguments. Refused when there is none."""
    fitting = [e for e in abi if e.get("type") == "function" and e.get("name") == name]
    if not fitting:
        raise Refused(f"The contract has no function {name!r}.", {"function": f"unknown: {name!r}"})
    exact = [entry for entry in fitting if len(entry.get("inputs", [])) == count]
    return exact[0] if exact else fitting[0]


def views(abi: Abi) -> list[dict[str, Any]]:
    """The functions that only read."""
    return [e for e in abi if e.get("type") == "function" and e.get("stateMutability") in {"view", "pure"}]


def check_abi(abi: Any) -> None:
    """Refused when it is no ABI: each entry with a type, each parameter with one that can be encoded."""
    if not isinstance(abi, list) or not all(
        isinstance(e, dict) and isinstance(e.get("type"), str) for e in abi
    ):
        raise Refused("The ABI is a list of entries, each with a type.", {"abi": "is no ABI"})
    for entry in abi:
        fault = _entry_fault(entry)
        if fault:
            raise Refused(f"The ABI's {entry['type']} {fault}.", {"abi": f"{entry['type'][:50]}: {fault}"})


def _entry_fault(entry: dict[str, Any]) -> str:
    name = entry.get("name", "")
    if not isinstance(name, str) or (entry["type"] == "function" and not _NAME.fullmatch(name)):
        return f"has no name: {name!r:.50}"
    for side in ("inputs", "outputs"):
        parameters = entry.get(side, [])
        if not isinstance(parameters, list):
            return f"has {side} that are no list"
        for parameter in parameters:
            fault = _parameter_fault(parameter, _DEEPEST)
            if fault:
                return fault
    return ""


def _parameter_fault(parameter: Any, deepest: int) -> str:
    from eth_abi.abi import default_codec

    if not isinstance(parameter, dict) or not isinstance(parameter.get("type"), str):
        return f"has a parameter without a type: {parameter!r:.50}"
    if not isinstance(parameter.get("name", ""), str):
        return f"has a parameter whose name is no text: {parameter['name']!r:.50}"
    kind, parts = parameter["type"], parameter.get("components", [])
    if kind.startswith("tuple"):
        if not isinstance(parts, list) or not parts or not deepest:
            return f"has a tuple that cannot be read: {parameter.get('name', '')!r:.50}"
        faults = (_parameter_fault(part, deepest - 1) for part in parts)
        return next((fault for fault in faults if fault), "") or _array_fault(kind[5:])
    if len(kind) > _LONGEST_TYPE or not default_codec.is_encodable_type(kind):
        return f"has a parameter of no known type: {kind!r:.50}"
    return ""


def _array_fault(dimensions: str) -> str:
    return (
        ""
        if _DIMENSIONS.fullmatch(dimensions)
        else f"has a tuple with strange dimensions: {dimensions!r:.50}"
    )


def type_of(parameter: dict[str, Any]) -> str:
    """A parameter's canonical type: tuples are spelled out."""
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(type_of(part) for part in parameter['components'])}){kind[5:]}"


def _encoded(inputs: Sequence[dict[str, Any]], arguments: Sequence[Any], field: str) -> bytes:
    from eth_abi import encode

    if len(arguments) != len(inputs):
        wanted = ", ".join(f"{each.get('name', '')}: {type_of(each)}" for each in inputs) or "none"
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
        f"{field}.{each.get('name') or place}": f"is no {type_of(each)}: {value!r:.100}"
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
