"""Dealing with many dead letters at once: each on its own, so that one refusal does not stop the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from jobs.dead_letters import discard, retry
from jobs.errors import JobError
from jobs.models import DeadLetter


@dataclass(frozen=True)
class Dealt:
    """How many letters were dealt with, and why others were not, by job id."""

    done: int
    refused: dict[str, str] = field(default_factory=dict)


def retry_letters(letters: Iterable[DeadLetter], by: str) -> Dealt:
    """Let the jobs run again, with all their attempts."""
    return _each(letters, partial(retry, by=by))


def discard_letters(letters: Iterable[DeadLetter], reason: str, by: str) -> Dealt:
    """Close the letters without running anything."""
    return _each(letters, partial(discard, reason=reason, by=by))


def _each(letters: Iterable[DeadLetter], deal: Callable[[int], object]) -> Dealt:
    done, refused = 0, {}
    for letter in letters:
        try:
            deal(letter.pk)
            done += 1
        except JobError as error:
            refused[letter.job_uid] = str(error)
    return Dealt(done, refused)
