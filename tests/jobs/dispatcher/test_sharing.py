"""Which queues go to whom, as a table and as a simulation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.dispatcher.sharing import Peer, to_hand_over

ALL = frozenset("abcdef")


@pytest.mark.parametrize(
    ("led", "peers", "answer"),
    [
        ("abcdef", {}, None),
        ("abcdef", {"x": Peer(ALL, 0)}, ("a", "x")),
        ("abcd", {"x": Peer(ALL, 2)}, ("a", "x")),
        ("abc", {"x": Peer(ALL, 2)}, None),
        ("abc", {"x": Peer(ALL, 3)}, None),
        ("a", {"x": Peer(ALL, 0)}, None),
        ("abcdef", {"x": Peer(ALL, 2), "y": Peer(ALL, 1)}, ("a", "y")),
        ("abcdef", {"x": Peer(frozenset("fe"), 0)}, ("e", "x")),
        ("abc", {"x": Peer(frozenset("ef"), 0)}, None),
        ("abc", {"x": Peer(frozenset("ef"), 0), "y": Peer(ALL, 1)}, ("a", "y")),
    ],
)
def test_the_one_that_leads_least_gets_a_queue_that_it_may_lead(
    led: str, peers: dict[str, Peer], answer: tuple[str, str] | None
) -> None:
    assert to_hand_over(frozenset(led), peers) == answer


@given(st.lists(st.integers(0, 30), min_size=2, max_size=6))
def test_any_shares_become_even_and_then_nothing_moves(counts: list[int]) -> None:
    names = [f"q{n}" for n in range(sum(counts))]
    everything, left = frozenset(names), iter(names)
    led = {f"d{number}": {next(left) for _ in range(count)} for number, count in enumerate(counts)}
    for _ in range(sum(counts) + 1):
        moves = 0
        for name, mine in led.items():
            peers = {other: Peer(everything, len(led[other])) for other in led if other != name}
            if moved := to_hand_over(frozenset(mine), peers):
                mine.remove(moved[0])
                led[moved[1]].add(moved[0])
                moves += 1
        if not moves:
            break
    assert not moves
    assert max(map(len, led.values())) - min(map(len, led.values())) <= 1
    assert frozenset().union(*led.values()) == everything
