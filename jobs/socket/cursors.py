"""Places in an event log: ids of a Redis stream, as numbers that can be compared.

https://redis.io/docs/latest/develop/data-types/streams/#entry-ids
"""

import re
from dataclasses import dataclass

_TEXT = re.compile(r"(\d{1,20})(?:-(\d{1,20}))?")
_LAST = 2**64 - 1


@dataclass(frozen=True, order=True)
class Cursor:
    """After which entry to go on: milliseconds and a sequence number within them."""

    ms: int = 0
    sequence: int = 0

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """ValueError when it is none."""
        found = _TEXT.fullmatch(text)
        if found is None or int(found[1]) > _LAST or int(found[2] or 0) > _LAST:
            raise ValueError(f"{text!r} is no cursor; give back one that a message brought")
        return cls(int(found[1]), int(found[2] or 0))

    def __str__(self) -> str:
        return f"{self.ms}-{self.sequence}"

    def before(self) -> "Cursor":
        """The place right before this entry."""
        if self.sequence:
            return Cursor(self.ms, self.sequence - 1)
        return Cursor(self.ms - 1, _LAST) if self.ms else self


START = Cursor()


@dataclass(frozen=True)
class Extent:
    """What a log holds: its first entry (None when empty), its newest id ever, how many it had and has."""

    first: Cursor | None = None
    newest: Cursor = START
    added: int = 0
    length: int = 0

    def lost_after(self, cursor: Cursor) -> bool:
        """Whether entries after `cursor` may be gone: trimmed, or the log was emptied and began anew."""
        if self.first is None:
            return self.newest != cursor and (self.added > 0 or cursor != START)
        if self.first <= cursor:
            return self.newest < cursor
        return cursor != START or self.added > self.length
