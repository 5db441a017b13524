"""What a client may ask, checked: `authenticate`, `subscribe`, `unsubscribe`, `ping`.

    {"type": "subscribe", "id": "s1", "jobs": [id], "queues": [name], "correlationIds": [id], "flows": [id],
     "overview": true, "after": {queue: cursor}}

`id` is the client's own name for the subscription; every message names the subscriptions that it answers.
`after` is a cursor per queue, or one cursor for all of them.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_validator,
)
from pydantic.alias_generators import to_camel

from jobs.configuration import queue_book
from jobs.errors import UnknownName
from jobs.socket.cursors import Cursor

_MOST = 500  # names in one subscription
_LONGEST = 512 * 1024  # characters of a message: as many names of the longest kind fit

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Names = Annotated[frozenset[Name], Field(max_length=_MOST)]


class BadRequest(Exception):
    """A message that makes no sense; `fields` names what is wrong."""

    def __init__(self, code: str, detail: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.fields = fields or {}


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Authenticate(_Request):
    """Sign in with an API token, when no session did."""

    type: Literal["authenticate"]
    token: Annotated[str, StringConstraints(max_length=200)]


class Subscribe(_Request):
    """Follow jobs, queues, correlation ids, flows (whose id is the correlation id of their jobs) or the overview."""

    type: Literal["subscribe"]
    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    jobs: Names = frozenset()
    queues: Names = frozenset()
    correlation_ids: Names = frozenset()
    flows: Names = frozenset()
    overview: bool = False
    after: dict[str, str] | str | None = None

    @field_validator("queues")
    @classmethod
    def _known(cls, names: frozenset[str]) -> frozenset[str]:
        try:
            return frozenset(part for name in names for part in queue_book().parts_of(name))
        except UnknownName as error:
            raise ValueError(str(error)) from None

    @field_validator("after")
    @classmethod
    def _cursors(cls, after: dict[str, str] | str | None) -> dict[str, str] | str | None:
        for text in after.values() if isinstance(after, dict) else [after] if after else []:
            Cursor.parse(text)
        return after

    @property
    def correlated(self) -> frozenset[str]:
        """The correlation ids that are asked for, as such or as flows."""
        return self.correlation_ids | self.flows

    def after_in(self, queue: str) -> Cursor | None:
        """The cursor to go on from in this queue; None to begin now."""
        text = self.after.get(queue) if isinstance(self.after, dict) else self.after
        return Cursor.parse(text) if text else None

    def matches(self, uid: str, queue: str, correlation_id: str) -> bool:
        """Whether an event of this job is asked for."""
        return uid in self.jobs or queue in self.queues or correlation_id in self.correlated


class Unsubscribe(_Request):
    """Forget a subscription."""

    type: Literal["unsubscribe"]
    id: str


class Ping(_Request):
    """Answered with `pong`."""

    type: Literal["ping"]


REQUESTS: tuple[type[BaseModel], ...] = (Authenticate, Subscribe, Unsubscribe, Ping)
Request = Annotated[Authenticate | Subscribe | Unsubscribe | Ping, Field(discriminator="type")]
_ADAPTER: TypeAdapter[Any] = TypeAdapter(Request)


def parse(text: str | None) -> Authenticate | Subscribe | Unsubscribe | Ping:
    """A client's message. BadRequest says what is wrong with it."""
    if text is None:
        raise BadRequest("malformed", "Messages are JSON text, not binary.")
    if len(text) > _LONGEST:
        detail = f"A message may have at most {_LONGEST:,} characters."
        raise BadRequest("malformed", detail, {"message": detail})
    try:
        request: Authenticate | Subscribe | Unsubscribe | Ping = _ADAPTER.validate_json(text)
    except ValidationError as error:
        fields = {_place(fault["loc"]): str(fault["msg"]) for fault in error.errors()}
        raise BadRequest("malformed", "; ".join(f"{k}: {v}" for k, v in fields.items()), fields) from None
    return request


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location[1:] or location) or "message"
