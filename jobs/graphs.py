"""A graph of jobs, written in one transaction, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from jobs.errors import OptionRefused
from jobs.flows import order


@dataclass(frozen=True)
class _Node:
    task: Any
    payload: Mapping[str, Any]
    after: Sequence[str]
    options: Mapping[str, Any]


@dataclass
class Flow:
    """Jobs with local names that depend on each other: `add` them, then `enqueue`."""

    _nodes: dict[str, _Node] = field(default_factory=dict)

    def add(
        self, name: str, task: Any, payload: Mapping[str, Any], after: Sequence[str] = (), **options: Any
    ) -> None:
        """A job that runs when those named by `after` ended as its `policy` asks. Options as for `using`."""
        if name in self._nodes:
            raise OptionRefused("name", f"{name!r} is in the flow already")
        self._nodes[name] = _Node(task, payload, after, options)

    def enqueue(self) -> dict[str, str]:
        """The job ids by local name. Raises a `Refused` error, with nothing stored; a cycle is named."""
        ids: dict[str, str] = {}
        with transaction.atomic():
            for name in order({name: node.after for name, node in self._nodes.items()}):
                node = self._nodes[name]
                needed = [ids[other] for other in node.after]
                ids[name] = node.task.using(depends_on=needed, **node.options).enqueue(**node.payload).id
        return ids
