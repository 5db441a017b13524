"""Refusals of a task's arguments and options in the words of a body, whose names are camelCase."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic.alias_generators import to_camel

from jobs.errors import ArgumentsRefused, OptionRefused
from jobs.http.problems import Problem


@contextmanager
def in_the_words_of_the_body() -> Iterator[None]:
    """Around what starts a task with the fields of a body: what it refuses is named as the caller named it."""
    try:
        yield
    except (ArgumentsRefused, OptionRefused) as refusal:
        fields = {_named(name): problem for name, problem in refusal.fields.items()}
        told = "; ".join(f"{name}: {problem}" for name, problem in fields.items())
        raise Problem(422, told, fields, kind=refusal.kind) from None


def _named(name: str) -> str:
    """`exclude_mints.0` is `excludeMints.0` there."""
    first, dot, rest = name.partition(".")
    return f"{to_camel(first)}{dot}{rest}"
