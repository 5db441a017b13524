"""How several dispatchers share the queues: one that leads many gives some to one that leads few. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """Another dispatcher: the queues that it may lead, and how many it leads."""

    may_lead: frozenset[str]
    leads: int


def to_hand_over(led: frozenset[str], peers: Mapping[str, Peer]) -> tuple[str, str] | None:
    """A queue of `led` and the peer that should have it, the one that leads least; None when shares are even.

    Only a difference of two or more is evened out, so nothing is ever handed back and forth.
    """
    for name in sorted(peers, key=lambda name: (peers[name].leads, name)):
        peer = peers[name]
        wanted = led & peer.may_lead
        if wanted and len(led) - peer.leads >= 2:
            return min(wanted), name
    return None
