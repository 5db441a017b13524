"""What travels in a Celery message beside Celery's own headers: the header `millrace`.

Written by the dispatcher's release, read by the worker's claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.fence.leases import Ticket

HEADER = "millrace"
BUNDLE_TASK = "jobs.run_bundle"  # its one argument: [headers, args, kwargs] per job


@dataclass(frozen=True)
class Passport:
    """A job's ticket and what the worker needs to decide what follows a failure."""

    queue: str
    ticket: Ticket
    attempt: int
    snoozes: int
    options: Mapping[str, Any]
    correlation_id: str

    def header(self) -> dict[str, Any]:
        """As it travels."""
        return {
            "q": self.queue,
            "t": str(self.ticket),
            "a": self.attempt,
            "s": self.snoozes,
            "o": self.options,
            "c": self.correlation_id,
        }

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> "Passport":
        """From the header that `header()` wrote."""
        ticket = Ticket.parse(header["t"])
        return cls(header["q"], ticket, header["a"], header["s"], header["o"], header["c"])
