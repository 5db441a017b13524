"""Events as a page of Markdown, out of the protocol's own code: docs/reference/events.md."""

from collections.abc import Iterator
from datetime import UTC, datetime

from jobs.fence.events import OUTCOMES, Event
from jobs.queries.details import Facts
from jobs.socket.messages import KINDS, PROTOCOL, Message, of_event
from jobs.socket.requests import REQUESTS

_HEAD = f"""# Events

What happens is one entry in the log of its queue (a Redis stream), in order. From there it is folded into the rows,
told to browsers and programs over the WebSocket at `/ws/jobs/`, and read after a cursor at
`GET /api/v1/jobs/{{id}}/events`. `manage.py events_reference` writes this page from the code, and a test holds it
against the code. Protocol {PROTOCOL}.
"""

_MEANINGS = {
    "enqueued": "jobs were committed: the dispatcher looks; told only of a job that somebody lets run again",
    "started": "a worker took its ticket and runs it",
    "progress": "`jobs.progress` was called",
    "log": "`jobs.log` was called",
    "completed": "the run ended well",
    "retried": "the run failed and another one follows; an attempt is used",
    "snoozed": "the run was put off without using an attempt: a rate limit, a busy lock",
    "replaced": "the run put other jobs in its place and waits for them",
    "failed": "the run failed and none follows: a dead letter",
    "stalled": "the run was lost with its worker; followed by `job.failed` when it was the last one",
    "cancelled": "the run was ended by a cancel",
    "expired": "its `expires` passed before it started",
    "withdrawn": "it was cancelled before it started",
    "dependency_failed": "a job that it depends on failed",
}

_FROM_THE_SERVER = """## What the server sends beside them

| message | when | fields |
|---|---|---|
| `connected` | signed in | `clientId` `protocol` |
| `subscribed` | to a `subscribe`, before all else of it | `cursors`: where each queue's events go on from |
| `job.state` | to a `subscribe` without a cursor | `jobId` `queue` `state` `progress` `details` `cursor` |
| `queue.stats` | to the overview, once a second at most | `queue` `counts` `oldestWaitingSeconds` `timestamp` |
| `gap` | the log was trimmed past the cursor: read the state anew | `queue` |
| `error` | a message that makes no sense; the socket stays open | `code` `detail` `fields` |
| `pong` | to a `ping` | |

Every message that belongs to subscriptions names them in `subscriptions`. Close codes: 4401 not signed in, 4408 too
slow to listen, 1013 try again. A slow client gets the latest progress only, then no log lines; ends are never left out.
After a reconnect with `after` nothing is missing: `jobs/static/jobs/live.js` is a client in one file.
"""


def reference() -> str:
    """The page."""
    head = "| entry | when | ends a run | message | its fields |\n|---|---|---|---|---|"
    note = "\nEvery message has `type` `jobId` `queue` `timestamp` `cursor` as well.\n"
    table = ["## Entries of the log, and their messages\n", head, *map(_row, KINDS), note]
    return "\n".join([_HEAD, *table, *_requests(), _FROM_THE_SERVER])


def _row(kind: str) -> str:
    message = _sample(kind)
    common = {"type", "jobId", "queue", "timestamp", "cursor"}
    fields = " ".join(f"`{name}`" for name in message if name not in common)
    ends = "yes" if kind in OUTCOMES else ""
    return f"| `{kind}` | {_MEANINGS[kind]} | {ends} | `{message['type']}` | {fields} |"


def _sample(kind: str) -> Message:
    """What is told of such an entry."""
    facts = Facts("1", "1", datetime(2026, 1, 1, tzinfo=UTC), None, "active", 1, 1, 3)
    return of_event(Event("queue", "1-0", kind, "1", 1, 1, 1, "worker"), facts)[0]


def _requests() -> Iterator[str]:
    yield "## What a client sends\n\n| message | does | fields |\n|---|---|---|"
    for request in REQUESTS:
        properties = request.model_json_schema(by_alias=True)["properties"]
        fields = " ".join(f"`{name}`" for name in properties if name != "type")
        does = " ".join((request.__doc__ or "").split())
        yield f"| `{properties['type']['const']}` | {does} | {fields} |"
    yield ""
