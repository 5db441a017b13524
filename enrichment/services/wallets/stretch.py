"""How much of a wallet's history is stored: pure bookkeeping of walks from young to old.

What is stored is one stretch without gaps, from `top` down to `bottom`, and perhaps the upper part of a walk
from the chain's tip down to `top` that was cut off. It joins the stretch once it has arrived.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from enrichment.providers.solana.records import Page, Position

ERA = 2**32  # places that one walk from the tip may give away


class Walk(StrEnum):
    """HEAD goes from the tip down to the top of the stretch, TAIL from its bottom (or the tip) to the end."""

    HEAD = "head"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class HeadWalk:
    """A walk from the tip under way: where it began, how far it is, and the lowest place it gave."""

    first: Position
    at: Position
    place: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """See above. `complete`: nothing is older than `bottom`. Places order transactions, higher is younger."""

    top: Position | None = None
    bottom: Position | None = None
    head: HeadWalk | None = None
    complete: bool = False
    lowest_place: int = 0
    era: int = 0

    def bounds(self, walk: Walk) -> tuple[Position | None, Position | None]:
        """Before and until of the walk's next page."""
        if walk is Walk.TAIL:
            return self.bottom, None
        return (self.head.at if self.head else None), self.top

    def advanced(self, walk: Walk, page: Page) -> "Stretch":
        """With one more page of the walk."""
        youngest, count = page.transactions[0], len(page.transactions)
        first = Position(youngest.slot, youngest.signature)
        if walk is Walk.TAIL:
            lowest = self.lowest_place - count
            return replace(self, top=self.top or first, bottom=page.end, lowest_place=lowest)
        if self.head:
            head = HeadWalk(self.head.first, page.end, self.head.place - count)
            return replace(self, head=head)
        era = self.era + 1
        return replace(self, era=era, head=HeadWalk(first, page.end, era * ERA - count))

    def finished(self, walk: Walk) -> "Stretch":
        """With the walk at its end."""
        if walk is Walk.TAIL:
            return replace(self, complete=True)
        return replace(self, top=self.head.first, head=None) if self.head else self

    def forgotten(self) -> "Stretch":
        """As if nothing were stored; what will be stored is younger by place than all before."""
        return Stretch(era=self.era + 1, lowest_place=(self.era + 1) * ERA)

    def place_below(self, walk: Walk) -> int:
        """The place that the first transaction of the walk's next page gets; the others follow downwards."""
        if walk is Walk.TAIL:
            return self.lowest_place - 1
        return (self.head.place if self.head else (self.era + 1) * ERA) - 1


def walks_wanted(stretch: Stretch, *, older: bool) -> list[Walk]:
    """The walks of one sync, in order; a HEAD that was cut off is finished before a new one begins."""
    if stretch.top is None:
        return [Walk.TAIL]
    heads = [Walk.HEAD, Walk.HEAD] if stretch.head else [Walk.HEAD]
    return [*heads, Walk.TAIL] if older and not stretch.complete else heads
