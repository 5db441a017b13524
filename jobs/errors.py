"""Every error of the platform. The type decides what happens; the docstring is the message's first half.

Job code raises the first group to steer what becomes of the attempt. The second group refuses bad input
before anything is stored.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches


class JobError(Exception):
    """Something that the platform has a rule for."""


# -- raised by job code -------------------------------------------------------------------------------


class Permanent(JobError):
    """Trying again cannot help: no retry, dead letter, not retryable."""


class Transient(JobError):
    """Trying again may help: retried by the task's strategy."""


class Snooze(JobError):
    """Run the job again in `delay` seconds, without using an attempt."""

    def __init__(self, delay: float, reason: str = "snoozed") -> None:
        super().__init__(reason)
        self.delay = delay


class RateLimited(Snooze):
    """The other side asked to wait `delay` seconds (Retry-After): no attempt is used."""

    def __init__(self, delay: float, reason: str = "rate limited") -> None:
        super().__init__(delay, reason)


class LockBusy(Snooze):
    """Another job holds the lock: this one waits without using an attempt."""

    def __init__(self, key: str, delay: float = 1.0) -> None:
        super().__init__(delay, f"waiting for the lock {key!r}")
        self.key = key


class Cancelled(JobError):
    """Somebody asked to cancel the job: clean up and let this go on its way."""


class LockLost(Transient):
    """A lock lapsed while it was held: another job may have worked at the same time."""


class DependencyPending(Snooze):
    """A job that this one depends on has not finished."""


# -- found as a job's result ----------------------------------------------------------------------------


class Stalled(JobError):
    """The job was lost with its worker as often as its queue allows."""


class DependencyFailed(JobError):
    """A job that this one waited for failed or was cancelled."""


# -- refused at the door ------------------------------------------------------------------------------


class Refused(JobError):
    """Bad input; nothing was stored. `fields` names what is wrong, field by field. In a job: never retried."""

    kind = "refused"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class UnknownName(Refused):
    """No task or queue has this name."""

    kind = "unknown-name"

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        close = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"There is no {what} named {name!r}.{hint}", {what: f"unknown: {name!r}"})
        self.name = name


class ArgumentsRefused(Refused):
    """The arguments do not fit the task's signature."""

    kind = "arguments"

    def __init__(self, task: str, fields: Mapping[str, str]) -> None:
        listed = "; ".join(f"{field}: {problem}" for field, problem in fields.items())
        super().__init__(f"{task} refuses its arguments: {listed}", fields)


class PayloadTooLarge(Refused):
    """The arguments are larger than a payload may be."""

    kind = "payload-too-large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The payload has {size:,} bytes; the limit is {limit:,}. Store it and pass a reference.",
            {"data": f"{size:,} bytes, limit {limit:,}"},
        )


class OptionRefused(Refused):
    """An option such as `countdown` or `priority` has a value that makes no sense."""

    kind = "option"

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(f"{option}: {problem}", {option: problem})


# -- told to operators --------------------------------------------------------------------------------


class NotFound(JobError):
    """There is no such job."""


class IllegalMove(JobError):
    """The job is not in a state that allows this."""


class StillRunning(JobError):
    """The job did not end within the time that somebody was ready to wait."""


class Unavailable(JobError):
    """A service that this needs (Redis, say) does not answer; nothing was changed."""
