"""The door: what fits a task's signature, and what comes out at the worker's side."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, Strict, computed_field

from config.celery import app
from jobs import celery_json
from jobs.arguments import Signature, encode, signature_of
from jobs.errors import ArgumentsRefused, PayloadTooLarge

LIMIT = 10_000


class Side(Enum):
    """A choice."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True)
class Lot:
    """A dataclass payload."""

    price: Decimal
    at: datetime


class Trade(BaseModel):
    """A model with all that makes the way through JSON hard."""

    model_config = ConfigDict(extra="forbid")

    side: Side
    price: Decimal
    sender: str = Field(alias="from")
    raw: bytes = b""
    lots: list[Lot] = []

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own documented form
    @property
    def total(self) -> Decimal:
        """Shown in JSON, not accepted back."""
        return self.price


def typed(x: int, y: float = 1.0, *, flag: bool = False, note: str | None = None) -> None:
    """A task's body."""


def untyped(x, y=1, *args, z, **more):  # type: ignore[no-untyped-def]  # as people write tasks
    """A task's body."""


def variadic(*numbers: int, **limits: Decimal) -> None:
    """A task's body."""


def positional_only(a: int, /, b: int = 0, **more: Any) -> None:
    """A task's body."""


def postponed(at: "datetime", lot: "Lot") -> "None":
    """A task's body with annotations as text."""


def unimportable(at: "NowhereToBeFound", x: int) -> None:  # type: ignore[name-defined]  # noqa: F821 -- the point
    """A task's body whose annotations cannot be read at run time."""


def no_adapter(anything: Any, thing: object, odd: "Odd") -> None:
    """A task's body."""


class Odd:
    """A class that pydantic knows nothing of."""


def refused(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, str]:
    """The faults of a call, field by field."""
    with pytest.raises(ArgumentsRefused) as caught:
        Signature(function.__name__, function).check(args, kwargs)
    return caught.value.fields


def through_json(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[list[Any], dict[str, Any]]:
    """A call's arguments as the worker's side sees them."""
    signature = Signature(function.__name__, function)
    stored_args, stored_kwargs = signature.check(args, kwargs)
    texts = encode("args", stored_args, LIMIT), encode("data", stored_kwargs, LIMIT)
    return signature.restore(celery_json.loads(texts[0]), celery_json.loads(texts[1]))


# -- fit or misfit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "kwargs", "stored"),
    [
        ((1,), {}, ([1], {})),
        (("1",), {}, ([1], {})),
        ((1, 2), {}, ([1, 2.0], {})),
        ((), {"x": "7", "y": "2.5"}, ([], {"x": 7, "y": 2.5})),
        ((1,), {"flag": "yes", "note": None}, ([1], {"flag": True, "note": None})),
        ((Decimal(3),), {}, ([3], {})),
    ],
)
def test_arguments_are_converted_to_their_annotated_types(args: Any, kwargs: Any, stored: Any) -> None:
    assert Signature("typed", typed).check(args, kwargs) == stored


@pytest.mark.parametrize(
    ("args", "kwargs", "fields"),
    [
        ((), {}, {"x": "missing"}),
        ((), {"y": 2}, {"x": "missing"}),
        ((1,), {"x": 2}, {"x": "given twice"}),
        ((1, 2, 3), {}, {"args": "takes 2 positional arguments, got 3"}),
        ((1,), {"flagg": True}, {"flagg": "unknown; did you mean 'flag'?"}),
        ((1,), {"zzz": True}, {"zzz": "unknown"}),
        ((1.5,), {}, {"x": "Input should be a valid integer, got a number with a fractional part"}),
        ((None,), {}, {"x": "Input should be a valid integer"}),
    ],
)
def test_what_does_not_fit_is_named_field_by_field(args: Any, kwargs: Any, fields: dict[str, str]) -> None:
    assert refused(typed, *args, **kwargs) == fields


def test_all_faults_come_at_once() -> None:
    faults = refused(typed, y="many", flagg=True, note=5)
    assert set(faults) == {"x", "y", "flagg", "note"}


def test_the_error_is_a_sentence_that_names_the_task() -> None:
    with pytest.raises(ArgumentsRefused, match="typed refuses its arguments: x: missing"):
        Signature("typed", typed).check((), {})


def test_nested_faults_name_their_place() -> None:
    fault = {"price": "much", "at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert list(refused(postponed, datetime(2026, 1, 2, tzinfo=UTC), fault)) == ["lot"]
    assert refused(postponed, datetime(2026, 1, 2, tzinfo=UTC), fault)["lot"].startswith("price: ")


def test_untyped_parameters_pass_as_they_are_but_must_fit() -> None:
    signature = Signature("untyped", untyped)
    assert signature.check(("1", 2, 3, 4), {"z": 5, "w": 6}) == (["1", 2, 3, 4], {"z": 5, "w": 6})
    assert refused(untyped) == {"x": "missing", "z": "missing"}
    assert refused(untyped, 1, x=2, z=3) == {"x": "given twice"}


def test_annotated_variadic_parameters_are_checked_too() -> None:
    signature = Signature("variadic", variadic)
    assert signature.check(("1", 2), {"cap": "1.50"}) == ([1, 2], {"cap": "1.50"})
    assert signature.restore([1, 2], {"cap": "1.50"}) == ([1, 2], {"cap": Decimal("1.50")})
    assert set(refused(variadic, 1, "two", cap="much")) == {"numbers", "cap"}


def test_a_keyword_that_is_called_like_a_variadic_parameter_is_one_of_many() -> None:
    assert Signature("variadic", variadic).check((), {"numbers": "2"}) == ([], {"numbers": "2"})


def test_positional_only_parameters_cannot_be_named() -> None:
    signature = Signature("positional_only", positional_only)
    assert signature.check((1,), {"a": "kept", "b": 2}) == ([1], {"a": "kept", "b": 2})
    assert refused(positional_only, a=1) == {"a": "missing"}


def test_annotations_as_text_are_understood() -> None:
    (at, lot), _ = through_json(postponed, "2026-01-02T03:04:05Z", {"price": "1.10", "at": "2026-01-02"})
    assert at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert lot == Lot(Decimal("1.10"), datetime(2026, 1, 2))  # noqa: DTZ001 -- naive on purpose


def test_annotations_that_cannot_be_read_leave_the_arguments_unchecked() -> None:
    assert Signature("unimportable", unimportable).check(("x", "y"), {}) == (["x", "y"], {})
    assert refused(unimportable, "x") == {"x": "missing"}


def test_types_that_cannot_travel_are_passed_on_unchecked() -> None:
    signature = Signature("no_adapter", no_adapter)
    odd = Odd()
    assert signature.check((1, 2, odd), {}) == ([1, 2, odd], {})
    assert signature.restore((1, 2, odd), {}) == ([1, 2, odd], {})


def test_a_bound_task_is_checked_without_self() -> None:
    def bound(self: Any, x: int) -> int:
        return x

    task = app.task(name="tests.arguments.bound", bind=True, shared=False, lazy=False)(bound)
    app.tasks.pop(task.name)
    signature = signature_of(task)
    assert signature.positional == ["x"]
    assert signature.check(("3",), {}) == ([3], {})
    assert signature_of(task) is signature


# -- through JSON and back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (datetime, datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
        (date, date(2026, 1, 2)),
        (time, time(3, 4, 5)),
        (timedelta, timedelta(days=2, microseconds=5)),
        (Decimal, Decimal("0.1000000000000000000000000000000001")),
        (uuid.UUID, uuid.UUID(int=7)),
        (Side, Side.SELL),
        (Lot, Lot(Decimal("1.10"), datetime(2026, 1, 2, tzinfo=UTC))),
        (bytes, b"\xff\x00raw"),
        (set[int], {1, 2}),
        (tuple[int, str], (1, "a")),
        (frozenset[str], frozenset({"a"})),
        (dict[str, Decimal], {"a": Decimal("1.5")}),
        (dict[int, str], {1: "a"}),
        (list[Lot], [Lot(Decimal(1), datetime(2026, 1, 2, tzinfo=UTC))]),
        (int | str, "1"),
        (str | None, None),
        (Annotated[datetime, Strict()], datetime(2026, 1, 2, tzinfo=UTC)),
        (Annotated[int, Field(gt=0)], 5),
        (
            Trade,
            Trade(side=Side.BUY, price=Decimal("2.50"), **{"from": "me"}, raw=b"\xc3\xa4", lots=[]),
        ),
    ],
)
def test_typed_values_survive_the_way_to_the_worker(hint: Any, value: Any) -> None:
    def body(given: Any) -> None:
        """A task's body."""

    body.__annotations__["given"] = hint
    assert through_json(body, value) == ([value], {})
    assert through_json(body, given=value) == ([], {"given": value})


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        date(2026, 1, 2),
        Decimal("0.10"),
        uuid.UUID(int=7),
        {"nested": [Decimal("1.5"), {"at": date(2026, 1, 2)}]},
    ],
)
def test_untyped_values_survive_through_celerys_json(value: Any) -> None:
    assert celery_json.loads(encode("data", value, LIMIT)) == value


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON_VALUES)
def test_any_json_value_passes_the_door_unchanged(value: Any) -> None:
    assert json.loads(encode("data", value, 10**9)) == value


@given(
    st.integers(), st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)))
)
def test_what_passed_once_passes_again_unchanged(x: int, note: str | None) -> None:
    signature = Signature("typed", typed)
    once = signature.check((x,), {"note": note})
    assert signature.check(*once) == once


@pytest.mark.parametrize("hint", [float, list, dict, list[Any], dict[str, Any], list[float]])
def test_no_type_makes_null_of_what_json_cannot_say(hint: Any) -> None:
    def task(value: Any) -> None: ...

    task.__annotations__["value"] = hint
    nan = float("nan")
    value = {"a": nan} if hint in (dict, dict[str, Any]) else nan if hint is float else [nan]
    checked, _ = Signature("task", task).check([value], {})
    with pytest.raises(ArgumentsRefused, match="cannot be written as JSON"):
        encode("args", checked, 1_000)


# -- what cannot be stored -----------------------------------------------------------------------------------


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (float("nan"), "cannot be written as JSON"),
        ({"a": [float("inf")]}, "cannot be written as JSON"),
        (object(), "cannot be written as JSON"),
        (_deep(100_000), "cannot be written as JSON"),
        ("a\0b", "contains a NUL character"),
        ({"\0": 1}, "contains a NUL character"),
        ("\\\0", "contains a NUL character"),
        ("\ud800", "contains half a surrogate pair"),
        ({"a\udfff": 1}, "contains half a surrogate pair"),
        ("\udc00\ud800", "contains half a surrogate pair"),
    ],
)
def test_what_no_database_can_store_is_refused_by_field(value: Any, problem: str) -> None:
    with pytest.raises(ArgumentsRefused) as caught:
        encode("data", value, LIMIT)
    assert list(caught.value.fields) == ["data"]
    assert problem in caught.value.fields["data"]


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", "C:\\u0000.txt", "\\ud800", "😀", "\\\\\\u0000"])
def test_text_that_only_looks_like_an_escape_is_no_fault(value: str) -> None:
    assert json.loads(encode("data", value, LIMIT)) == value


def test_a_typed_value_that_is_no_json_is_refused_by_its_own_field() -> None:
    assert refused(_raw, Blob(raw=b"\xff"))["blob"].startswith("cannot be written as JSON")


class Blob(BaseModel):
    """Bytes that pydantic writes as UTF-8 unless told otherwise."""

    raw: bytes


def _raw(blob: Blob) -> None:
    """A task's body."""


@pytest.mark.parametrize(("characters", "fits"), [(LIMIT - 2, True), (LIMIT - 1, False)])
def test_a_payload_may_have_so_many_bytes_and_no_more(characters: int, fits: bool) -> None:
    text = "x" * characters
    if fits:
        assert len(encode("data", text, LIMIT)) == LIMIT
        return
    with pytest.raises(PayloadTooLarge) as caught:
        encode("data", text, LIMIT)
    assert caught.value.fields == {"data": f"{LIMIT + 1:,} bytes, limit {LIMIT:,}"}
