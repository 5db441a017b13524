"""Flows, as values: when a parent may run, and in which order a graph of jobs can be written.

Pure: the counting is in `jobs.store.dependencies`, the graph's way to rows in `jobs.graphs`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from jobs.errors import OptionRefused


@dataclass(frozen=True)
class Policy:
    """What a parent needs of its children.

    `share` of them must complete (1.0 all, 0 none: failures are ignored); the parent fails as soon as that
    cannot be met any more. `cancel_siblings`: children that have not started are cancelled then.
    """

    share: float = 1.0
    cancel_siblings: bool = False

    def __post_init__(self) -> None:
        if (
            isinstance(self.share, bool)
            or not isinstance(self.share, (int, float))
            or not 0 <= self.share <= 1
        ):
            raise OptionRefused("policy", f"a share of successes is between 0 and 1, got {self.share!r}")


ALL = Policy()
IGNORE_FAILURES = Policy(share=0.0)
FAIL_AT_ONCE = Policy(cancel_siblings=True)

_NAMES = {"all": ALL, "ignore_failures": IGNORE_FAILURES, "fail_at_once": FAIL_AT_ONCE}


def parse_policy(value: object) -> Policy:
    """A policy from itself, its name, or a share of successes. OptionRefused for anything else."""
    if isinstance(value, Policy):
        return value
    if value is None:
        return ALL
    if isinstance(value, str):
        if value not in _NAMES:
            raise OptionRefused("policy", f"must be one of {', '.join(_NAMES)}, or a share, got {value!r}")
        return _NAMES[value]
    return Policy(share=value)  # type: ignore[arg-type]  # checked there


def order(parents: Mapping[str, Sequence[str]]) -> list[str]:
    """The names so that each comes after those it depends on. OptionRefused names what is unknown or a cycle."""
    for name, needed in parents.items():
        for other in needed:
            if other not in parents:
                raise OptionRefused("depends_on", f"{name!r} depends on {other!r}, which is not in the graph")
    try:
        return list(TopologicalSorter(parents).static_order())
    except CycleError as error:
        raise OptionRefused("depends_on", f"a cycle: {' -> '.join(error.args[1])}") from None
