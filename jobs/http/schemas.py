"""What the API takes: requests, with every field's limits. Names are camelCase on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from ninja import Field
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from jobs.states import State

TEN_YEARS_MS = 10 * 365 * 86_400 * 1000
_NO_NUL = r"^[^\x00]+$"

Text = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_NO_NUL)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_.:\-]+$")]


def _in_utc(moment: datetime) -> datetime:
    """PostgreSQL knows no offset of 16 hours or more, Python knows some."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time lies outside the years 1 to 9999 in UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]  # ISO 8601 with its offset
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Camel(BaseModel):
    """Base of every schema; pydantic's own, as ninja's wraps each value of each object that is made."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Strict(Camel):
    """Base of request bodies: fields that nobody knows are refused, so that typing errors show."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


def _shown(*examples: dict[str, Any]) -> ConfigDict:
    """The configuration of a request body, with examples for the document."""
    return ConfigDict(**Strict.model_config, json_schema_extra={"examples": list(examples)})


Period = Annotated[int, Field(ge=1, le=TEN_YEARS_MS)]
Fields = Annotated[list[Text], Field(max_length=50)]


class ThrottleIn(Strict):
    """The first of a period wins; the others meet its job even when it has ended."""

    fields: Fields = Field(default_factory=list, description="Payload fields; empty means the whole payload.")
    period: Period = Field(description="Milliseconds.")


class DebounceIn(Strict):
    """The last one wins: each call replaces the payload and starts the delay again."""

    fields: Fields = Field(default_factory=list, description="Payload fields; empty means the whole payload.")
    delay: Period = Field(description="Milliseconds.")
    max_wait: Period | None = Field(None, description="Milliseconds after which it is put off no more.")


class Dedup(Strict):
    """Meet an existing job instead of making another: by its id, or by payload fields, in one of the modes."""

    id: Text | None = Field(None, description="The job's id; a second job with it is not made.")
    unique: Annotated[list[Text], Field(max_length=50)] | None = Field(
        None, description="Names of payload fields; an empty list means the whole payload."
    )
    throttle: ThrottleIn | None = None
    debounce: DebounceIn | None = None
    keep_last: Fields | None = Field(
        None, description="While one runs, one more waits with the newest payload. Names of payload fields."
    )

    @model_validator(mode="after")
    def _one_mode(self) -> Self:
        modes = (self.unique, self.throttle, self.debounce, self.keep_last)
        if sum(mode is not None for mode in modes) > 1:
            raise ValueError("at most one of unique, throttle, debounce and keepLast")
        return self


class Retrying(Strict):
    """How this one job is tried again, in the place of its task's own way. Times are milliseconds."""

    strategy: Literal["exponential", "linear", "fixed"] = "exponential"
    delay: Period = Field(
        1000, description="Before the first retry; doubled (exponential) or added to (linear) each time."
    )
    max_delay: Period | None = Field(None, description="No delay is longer; not for fixed.")
    jitter: float = Field(0.0, ge=0, le=1, description="The share of each delay that is drawn at random.")
    max_attempts: int | None = Field(None, ge=1, le=1000, description="The first run included.")

    @model_validator(mode="after")
    def _fixed_has_no_cap(self) -> Self:
        if self.strategy == "fixed" and self.max_delay is not None:
            raise ValueError("a fixed delay has no maxDelay")
        return self


class Start(Strict):
    """A job to start."""

    job_name: Text = Field(description="Short or full name; hyphens and underscores mean the same.")
    data: dict[str, Any] = Field(default_factory=dict, description="The job's payload, by field.")
    delay: int | None = Field(None, ge=0, le=TEN_YEARS_MS, description="Milliseconds before it may run.")
    run_at: Moment | None = Field(None, description="The moment at which it may run, instead of a delay.")
    retry: Retrying | None = Field(None, description="Default: as the job's task and queue declare.")
    priority: Annotated[int, Field(ge=0, le=10)] | Literal["low", "normal", "high", "critical"] | None = (
        Field(None, description="0 to 10, higher first; low is 3, normal 5, high 7, critical 10.")
    )
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)
    dedup: Dedup | None = None
    correlation_id: Text | None = Field(None, description="Carried on to every job that this one starts.")


class Trigger(Start):
    """A job to start, on the queue that it belongs to or another."""

    model_config = _shown(
        {
            "jobName": "sync_wallet",
            "data": {"address": "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"},
            "priority": "high",
            "dedup": {"unique": ["address"]},
        }
    )

    queue_name: Text | None = Field(None, description="Default: the queue that the job belongs to.")


class QueueAction(Strict):
    """What to do with a queue."""

    model_config = _shown({"queueName": "orders", "action": "pause", "reason": "the exchange is down"})
    queue_name: Text
    action: Literal["pause", "resume", "drain", "clear"] = Field(
        description="pause: start nothing; drain: let run out what is enqueued now; clear: cancel what has not started."
    )
    reason: Text = Field("", description="Kept with the queue, or with each cancelled job.")


class LimitChanges(Strict):
    """Limits to override; null takes an override back, `none` and 0 lift a declared limit."""

    model_config = _shown({"rate": "100/min", "maxRunning": 3}, {"rate": None})
    rate: Text | None = Field(None, description="Such as 10/s or 100/min.")
    rate_per_key: Text | None = None
    burst: int | None = Field(None, ge=0)
    max_running: int | None = Field(None, ge=0)
    max_running_per_key: int | None = Field(None, ge=0)
    fair: bool | None = None
    ageing: float | None = Field(None, ge=0)


class Change(Strict):
    """What to change of a job that has not started; what is left out stays."""

    priority: Annotated[int, Field(ge=0, le=10)] | Literal["low", "normal", "high", "critical"] | None = None
    delay: int | None = Field(None, ge=0, le=TEN_YEARS_MS, description="Milliseconds from now; 0 is now.")
    data: dict[str, Any] | None = Field(
        None, description="The whole payload, by field; a value that is still masked stays as it was stored."
    )


class Bulk(Strict):
    """Many jobs, all or none."""

    model_config = _shown(
        {"jobs": [{"jobName": "update_coin_price", "data": {"coin": coin}} for coin in ("brim", "fern")]}
    )
    jobs: Annotated[list[Trigger], Field(min_length=1, max_length=1000)]


class FlowJob(Trigger):
    """A job of a flow, with a name of its own in it."""

    model_config = _shown(
        {"name": "risk", "jobName": "assess_coin_risk", "data": {"coin": "brim"}, "after": ["prices"]}
    )
    name: Text = Field(description="What `after` of other jobs of this flow calls it.")
    after: Annotated[list[Text], Field(max_length=1000)] = Field(
        default_factory=list, description="Names of the jobs that it waits for."
    )
    policy: Literal["all", "ignore_failures", "fail_at_once"] | Annotated[float, Field(ge=0, le=1)] | None = (
        Field(None, description="What it needs of them: all, none, or the share that must complete.")
    )


class FlowIn(Strict):
    """A graph of jobs, all or none."""

    model_config = _shown(
        {
            "jobs": [
                {"name": "prices", "jobName": "update_coin_price", "data": {"coin": "brim"}},
                {
                    "name": "risk",
                    "jobName": "assess_coin_risk",
                    "data": {"coin": "brim"},
                    "after": ["prices"],
                },
            ]
        }
    )
    jobs: Annotated[list[FlowJob], Field(min_length=1, max_length=1000)]
    correlation_id: Text | None = Field(None, description="The flow's id; made when there is none.")


class JobFilter(Camel):
    """What to search for, and which page."""

    state: State | None = None
    queue: Text | None = None
    task: Text | None = Field(None, description="Short or full name.")
    tag: Tag | None = None
    correlation_id: Text | None = None
    subject: Text | None = None
    q: Text | None = Field(None, description="Part of a task's name or subject, or how an id begins.")
    cursor: RowId | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class FailureFilter(Camel):
    """Which failures."""

    queue_name: Text | None = None
    limit: int = Field(50, ge=1, le=200)


class Page(Camel):
    """Which page of a list."""

    cursor: RowId | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class LetterFilter(Page):
    """Which dead letters, and which page."""

    resolved: bool = Field(
        False, description="Those that were retried or discarded, instead of the open ones."
    )


class EventFilter(Camel):
    """Which part of a job's log."""

    after: Annotated[str, StringConstraints(pattern=r"^\d{1,19}(-\d{1,19})?$")] | None = None
    limit: int = Field(200, ge=1, le=1000)


class Discard(Strict):
    """Why a dead letter is given up."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_NO_NUL)]


class RetryLetter(Strict):
    """How to retry a dead letter."""

    data: dict[str, Any] | None = Field(
        None, description="An edited payload, by field; a value that is still masked stays as it was stored."
    )


class RetryLetters(Strict):
    """Which open dead letters to retry, and how fast. Every field that is given must fit."""

    model_config = _shown({"errorType": "TimeoutError", "rate": 5, "canary": 1})
    error_type: Text | None = None
    fingerprint: Text | None = None
    job_name: Text | None = None
    tag: Tag | None = None
    retryable: bool | None = None
    failed_after: Moment | None = None
    failed_before: Moment | None = None
    rate: float = Field(10.0, gt=0, le=1000, description="Letters a second.")
    canary: int = Field(
        1, ge=0, le=5, description="So many go first and must complete before the others follow."
    )


class Purge(Camel):
    """Which dead letters to delete."""

    older_than_days: float = Field(ge=0, le=3650)
