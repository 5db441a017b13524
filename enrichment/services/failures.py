"""Several outsiders failed: what that means for the job that asked them."""

from collections.abc import Sequence

from jobs.errors import JobError, Permanent, RateLimited, Transient

_SOON = 5.0  # seconds until another try, when nobody says


def retry_in(error: JobError | None) -> float | None:
    """Seconds after which another try may help; None when it cannot."""
    if isinstance(error, RateLimited):
        return error.delay
    return _SOON if isinstance(error, Transient) else None


def together(what: str, errors: Sequence[JobError]) -> JobError:
    """One error for all, after the one that promises most: wait, try again, give up."""
    told = f"{what}: " + "; ".join(dict.fromkeys(str(error) for error in errors))
    waits = [error.delay for error in errors if isinstance(error, RateLimited)]
    if waits:
        return RateLimited(min(waits), told)
    kind = Transient if any(isinstance(error, Transient) for error in errors) else Permanent
    return kind(told)
