"""Several outsiders failed: what that means for the job that asked them."""

from collections.abc import Sequence

from jobs.errors import JobError, Permanent, RateLimited, Transient


def together(what: str, errors: Sequence[JobError]) -> JobError:
    """One error for all, after the one that promises most: wait, try again, give up."""
    told = f"{what}: " + "; ".join(dict.fromkeys(str(error) for error in errors))
    waits = [error.delay for error in errors if isinstance(error, RateLimited)]
    if waits:
        return RateLimited(min(waits), told)
    kind = Transient if any(isinstance(error, Transient) for error in errors) else Permanent
    return kind(told)
