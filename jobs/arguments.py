"""The door: arguments are checked against the task's signature before anything is stored.

Annotated parameters are checked and converted by pydantic; what is stored is their JSON form, and the
worker turns it back into the annotated types before the body runs.
"""

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import (
    ConfigDict,
    PydanticUserError,
    Secret,
    SecretBytes,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import to_json, to_jsonable_python

from jobs import celery_json
from jobs.errors import ArgumentsRefused, PayloadTooLarge

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # in JSON, after an even number of backslashes
_PLAIN = (Any, inspect.Parameter.empty, object)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """A task's parameters, ready to check calls against."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        parameters = inspect.signature(function).parameters.values()
        hints = _hints(function)
        self.positional = [p.name for p in parameters if p.kind in _POSITIONAL]
        self.keyword = [p.name for p in parameters if p.kind in _NAMED]
        self.required = [p.name for p in parameters if p.default is p.empty and p.kind not in _VARIADIC]
        self.more_args = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
        self.more_kwargs = next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), None)
        self.types = {p.name: adapter for p in parameters if (adapter := _adapter(hints.get(p.name)))}
        self.secret = frozenset(name for name, adapter in self.types.items() if _holds_secret(adapter))
        self.defaults = self._stored({p.name: p.default for p in parameters if p.default is not p.empty})

    def check(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments in their stored form. ArgumentsRefused names every field that is wrong."""
        faults = dict(self._misfits(args, kwargs))
        checked_args = [self._dump(name, name, value, faults) for name, value in self._named(args)]
        checked_kwargs = {
            name: self._dump(name, self._parameter(name), value, faults) for name, value in kwargs.items()
        }
        if faults:
            raise ArgumentsRefused(self.name, faults)
        return checked_args, checked_kwargs

    def restore(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Stored arguments as the types that the body expects."""
        if not self.types:
            return list(args), dict(kwargs)
        restored = [self._load(name, value) for name, value in self._named(args)]
        return restored, {name: self._load(self._parameter(name), value) for name, value in kwargs.items()}

    def refusals(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, str]:
        """What keeps stored arguments from being restored, field by field: why a run would fail at once."""
        faults = dict(self._misfits(args, kwargs))
        for field, parameter, value in [
            *((name, name, value) for name, value in self._named(args)),
            *((name, self._parameter(name), value) for name, value in kwargs.items()),
        ]:
            try:
                self._load(parameter, value)
            except ValidationError as error:
                faults[field] = "; ".join(_sentence(detail) for detail in error.errors())
        return faults

    def spelled_out(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Stored arguments by the names of their parameters, without those that only repeat a default.

        Two calls that mean the same to the body are equal here.
        """
        named = dict(zip(self.positional, args, strict=False)) | dict(kwargs)
        if args[len(self.positional) :]:
            named["*"] = list(args[len(self.positional) :])
        return {name: value for name, value in named.items() if not self._is_default(name, value)}

    def _is_default(self, name: str, value: Any) -> bool:
        if name not in self.defaults or name not in self.keyword + self.positional:
            return False
        return celery_json.dumps(value, sort_keys=True) == self.defaults[name]

    def _stored(self, defaults: Mapping[str, Any]) -> dict[str, str]:
        """Defaults in their stored form, as JSON; one that has none is never met."""
        faults: dict[str, str] = {}
        dumped = {name: self._dump(name, name, value, faults) for name, value in defaults.items()}
        found = {}
        for name in dumped.keys() - faults.keys():
            with suppress(TypeError, ValueError):
                found[name] = celery_json.dumps(dumped[name], sort_keys=True)
        return found

    def _named(self, args: Sequence[Any]) -> list[tuple[str, Any]]:
        names = [*self.positional, *(self.more_args or "" for _ in args)]
        return list(zip(names, args, strict=False))

    def _parameter(self, name: str) -> str:
        """The parameter that takes the keyword `name`."""
        return name if name in self.keyword else self.more_kwargs or ""

    def _misfits(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if len(args) > len(self.positional) and not self.more_args:
            found.append(("args", f"takes {len(self.positional)} positional arguments, got {len(args)}"))
        filled = self.positional[: len(args)]
        named = [name for name in kwargs if name in self.keyword]
        found += [(name, "given twice") for name in filled if name in named]
        found += [(name, "missing") for name in self.required if name not in filled and name not in named]
        if not self.more_kwargs:
            found += [(name, self._unexpected(name)) for name in kwargs if name not in named]
        return found

    def _unexpected(self, name: str) -> str:
        close = get_close_matches(name, self.keyword, n=1)
        return f"unknown; did you mean {close[0]!r}?" if close else "unknown"

    def _dump(self, field: str, parameter: str, value: Any, faults: dict[str, str]) -> Any:
        adapter = self.types.get(parameter)
        if adapter is None:
            return value
        try:
            # Aliases, and no computed fields: what is written must be accepted back.
            valid = adapter.validate_python(value)
            if parameter in self.secret:
                open_value = _revealed(adapter.dump_python(valid, by_alias=True, round_trip=True))
                return to_jsonable_python(open_value, bytes_mode="base64")
            return adapter.dump_python(valid, mode="json", by_alias=True, round_trip=True)
        except ValidationError as error:
            faults[field] = "; ".join(_sentence(detail) for detail in error.errors())
        except ValueError as error:  # pydantic's PydanticSerializationError, and those of serializers
            faults[field] = f"cannot be written as JSON: {error}"
        return None

    def _load(self, parameter: str, value: Any) -> Any:
        adapter = self.types.get(parameter)
        return value if adapter is None else adapter.validate_json(to_json(value))


# NaN and infinity stay what they are until they are refused: pydantic would make null of them, unseen.
_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants")
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@lru_cache(maxsize=4096)
def signature_of(task: Any) -> Signature:
    """The signature of a task's body, without `self`."""
    return Signature(task.name.rpartition(".")[2], task.run)


def encode(field: str, value: Any, limit: int) -> str:
    """A payload as JSON text (Celery's own JSON: dates, decimals and UUIDs survive)."""
    try:
        text = celery_json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentsRefused("the job", {field: f"cannot be written as JSON: {error}"}) from None
    problem = _unstorable(text)
    if problem:
        raise ArgumentsRefused("the job", {field: f"contains {problem}, which PostgreSQL cannot store"})
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise PayloadTooLarge(size, limit)
    return text


def _unstorable(text: str) -> str:
    """What JSON, in ASCII here, can say and PostgreSQL cannot store."""
    if _NUL.search(text):
        return "a NUL character"
    if "\\ud" in text:  # an escape, or text that looks like one
        try:
            json.dumps(json.loads(text), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return "half a surrogate pair"
    return ""


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError):  # annotations for type checkers only, not importable at run time
        return {}


def _adapter(hint: Any) -> TypeAdapter[Any] | None:
    if hint is None or hint in _PLAIN:
        return None
    try:
        return TypeAdapter(hint, config=_CONFIG)
    except PydanticUserError:  # the type brings its own configuration
        return _bare_adapter(hint)


def _bare_adapter(hint: Any) -> TypeAdapter[Any] | None:
    try:
        return TypeAdapter(hint)
    except PydanticUserError:  # not a type that travels; passed on unchecked
        return None


def _revealed(value: Any) -> Any:
    """What pydantic's secrets hide, at any depth; they write asterisks by themselves."""
    if isinstance(value, _SECRETS):
        return _revealed(value.get_secret_value())
    if isinstance(value, Mapping):
        return {name: _revealed(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_revealed(inner) for inner in value]
    return value


def _holds_secret(adapter: TypeAdapter[Any]) -> bool:
    """Whether one of pydantic's secrets is anywhere in the type: its schema calls their functions."""
    waiting: list[Any] = [adapter.core_schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            waiting += part.values()
        elif isinstance(part, (list, tuple)):
            waiting += part
        elif getattr(part, "__module__", "") == "pydantic.types" and "secret" in part.__qualname__.lower():
            return True
    return False


_SECRETS = (SecretStr, SecretBytes, Secret)


def _sentence(detail: Any) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
