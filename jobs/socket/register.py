"""Who follows what: an index from jobs, queues and correlation ids to the subscriptions that want them."""

from collections import defaultdict
from typing import Protocol

from jobs.socket.messages import Message
from jobs.socket.requests import Subscribe


class Follower(Protocol):
    """The receiving side of a socket."""

    def deliver(self, message: Message) -> None:
        """Take a message; must not wait."""


Found = dict[Follower, list[str]]


class Register:
    """Subscriptions that are live, per queue: one that still replays a queue's log is not entered for it."""

    def __init__(self) -> None:
        self._by_topic: dict[tuple[str, str, str], dict[Follower, set[str]]] = defaultdict(dict)
        self._interest: dict[str, int] = defaultdict(int)
        self._overview: dict[Follower, set[str]] = {}
        self._correlated = 0

    def add(self, follower: Follower, request: Subscribe, queue: str) -> None:
        """Let a subscription follow what happens in `queue` from now on."""
        for topic in _topics(request, queue):
            self._by_topic[topic].setdefault(follower, set()).add(request.id)
        self._interest[queue] += 1
        self._correlated += bool(request.correlated)

    def remove(self, follower: Follower, request: Subscribe, queue: str) -> None:
        """Undo `add`."""
        for topic in _topics(request, queue):
            followers = self._by_topic[topic]
            followers[follower].discard(request.id)
            if not followers[follower]:
                del followers[follower]
            if not followers:
                del self._by_topic[topic]
        self._interest[queue] -= 1
        self._correlated -= bool(request.correlated)

    def add_overview(self, follower: Follower, request_id: str) -> None:
        """Let a subscription hear the queues' statistics."""
        self._overview.setdefault(follower, set()).add(request_id)

    def remove_overview(self, follower: Follower, request_id: str) -> None:
        """Undo `add_overview`."""
        names = self._overview.get(follower, set())
        names.discard(request_id)
        if not names:
            self._overview.pop(follower, None)

    @property
    def overview(self) -> Found:
        """Who wants the statistics."""
        return {follower: sorted(names) for follower, names in self._overview.items()}

    @property
    def by_correlation(self) -> bool:
        """Whether anybody follows correlation ids, so that every job's has to be known."""
        return self._correlated > 0

    def interested(self, queue: str) -> bool:
        """Whether anybody may want events of this queue."""
        return self._interest.get(queue, 0) > 0

    def wants(self, queue: str, uid: str) -> bool:
        """Whether anybody follows this job or its queue."""
        return ("jobs", queue, uid) in self._by_topic or ("queues", queue, "") in self._by_topic

    def find(self, queue: str, uid: str, correlation_id: str) -> Found:
        """The followers of a job's events, each with the names of its subscriptions that match."""
        found: dict[Follower, set[str]] = {}
        topics = [("jobs", queue, uid), ("queues", queue, ""), ("correlation_ids", queue, correlation_id)]
        for topic in topics:
            for follower, names in self._by_topic.get(topic, {}).items():
                found[follower] = found.get(follower, set()) | names
        return {follower: sorted(names) for follower, names in found.items()}

    def everyone(self, queue: str) -> Found:
        """Everybody who follows anything in this queue."""
        found: dict[Follower, set[str]] = {}
        for (_, name, _), followers in self._by_topic.items():
            if name == queue:
                for follower, names in followers.items():
                    found[follower] = found.get(follower, set()) | names
        return {follower: sorted(names) for follower, names in found.items()}


def _topics(request: Subscribe, queue: str) -> list[tuple[str, str, str]]:
    topics = [("jobs", queue, uid) for uid in request.jobs]
    topics += [("correlation_ids", queue, name) for name in request.correlated]
    return [*topics, ("queues", queue, "")] if queue in request.queues else topics
