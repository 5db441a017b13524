"""One socket's side of the hub: its subscriptions, and how each of them catches up with the log."""

from channels.db import database_sync_to_async
from django.db.models import F

from jobs.configuration import queue_book
from jobs.models import Job
from jobs.socket import log
from jobs.socket.cursors import Cursor
from jobs.socket.hub import Hub, stats_messages
from jobs.socket.messages import Message, of_event
from jobs.socket.outbox import Outbox
from jobs.socket.requests import BadRequest, Subscribe

_MOST = 100  # subscriptions of one socket


class Feed:
    """What a socket follows. `deliver` is called by the hub; all else by the socket, one call at a time."""

    def __init__(self, hub: Hub, outbox: Outbox) -> None:
        self._hub = hub
        self._outbox = outbox
        self._live: dict[str, tuple[Subscribe, list[str]]] = {}

    def deliver(self, message: Message) -> None:
        """Take a message; never waits."""
        self._outbox.put(message)

    async def subscribe(self, request: Subscribe) -> None:
        """Answer with `subscribed`, tell what was missed, then go live. BadRequest when it makes no sense."""
        if len(self._live) >= _MOST and request.id not in self._live:
            raise BadRequest("too-many", f"A socket has at most {_MOST} subscriptions.")
        self.unsubscribe(request.id)
        found = await database_sync_to_async(_standing_of)(request.jobs)
        queues = _queues_of(request, {row["queue"] for row in found})
        self._live[request.id] = (request, [])
        starts = {queue: request.after_in(queue) or self._hub.positions[queue] for queue in queues}
        self._tell(
            request, {"type": "subscribed", "cursors": {queue: str(at) for queue, at in starts.items()}}
        )
        # Read again: a row that changed since is told by the log, one that changed before by this.
        for row in await database_sync_to_async(_standing_of)(request.jobs):
            if request.after_in(row["queue"]) is None:
                self._tell(request, {"type": "job.state", **row, "cursor": str(starts[row["queue"]])})
        for queue, after in starts.items():
            await self._catch_up(request, queue, after)
        if request.overview:
            await self._follow_overview(request)
        self._refuse_unknown(request, {row["jobId"] for row in found})

    def unsubscribe(self, request_id: str) -> None:
        """Forget a subscription; one that does not exist is forgotten already."""
        request, queues = self._live.pop(request_id, (None, []))
        if request is None:
            return
        for queue in queues:
            self._hub.register.remove(self, request, queue)
        self._hub.register.remove_overview(self, request_id)

    def close(self) -> None:
        """Forget everything."""
        for request_id in list(self._live):
            self.unsubscribe(request_id)

    async def _catch_up(self, request: Subscribe, queue: str, after: Cursor) -> None:
        """Replay up to where the hub is, until it is there too: then, with no await between, go live."""
        await self._tell_gap(request, queue, after)
        while after < (upto := self._hub.positions[queue]):
            await self._replay(request, queue, after, upto)
            after = upto
        self._hub.register.add(self, request, queue)
        self._live[request.id][1].append(queue)

    async def _tell_gap(self, request: Subscribe, queue: str, after: Cursor) -> None:
        if after == self._hub.positions[queue]:
            return
        standing = (await log.standings(self._hub.redis, [queue]))[queue]
        if standing.extent.lost_after(after):
            self._tell(request, {"type": "gap", "queue": queue})

    async def _replay(self, request: Subscribe, queue: str, after: Cursor, upto: Cursor) -> None:
        async for events in log.read(self._hub.redis, queue, after, upto):
            candidates = events
            if not request.correlated:
                candidates = [event for event in events if request.matches(event.uid, queue, "")]
            facts = await self._hub.facts(candidates)
            for event in candidates:
                await self._outbox.room()
                known = facts.get(event.uid)
                if request.matches(event.uid, queue, known.correlation_id if known else ""):
                    for message in of_event(event, known):
                        self._tell(request, message)

    async def _follow_overview(self, request: Subscribe) -> None:
        for message in await stats_messages(queue_book().names):
            self._tell(request, message)
        self._hub.register.add_overview(self, request.id)

    def _refuse_unknown(self, request: Subscribe, known: set[str]) -> None:
        unknown = sorted(request.jobs - known)
        if unknown:
            detail = f"There is no job {', '.join(unknown[:5])}."
            message: Message = {"type": "error", "code": "unknown-job", "detail": detail}
            self._tell(request, message | {"fields": {"jobs": detail}})

    def _tell(self, request: Subscribe, message: Message) -> None:
        self._outbox.put({**message, "subscriptions": [request.id]})


def _queues_of(request: Subscribe, of_jobs: set[str]) -> list[str]:
    if request.correlated:
        return queue_book().names
    return sorted((request.queues | of_jobs) & set(queue_book().names))


def _standing_of(uids: frozenset[str]) -> list[Message]:
    rows = Job.objects.filter(uid__in=uids).order_by("id") if uids else Job.objects.none()
    columns = rows.values("queue", "state", "progress", jobId=F("uid"), details=F("progress_detail"))
    return [dict(row) for row in columns]
