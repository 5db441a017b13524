"""What can go wrong with the local services. Each message says what happened and what to do about it."""

from pathlib import Path


class LocalServiceError(Exception):
    """A local service cannot be used."""


class BinaryNotFound(LocalServiceError):
    """No usable server program was found."""

    def __init__(self, service: str, looked_in: list[str], remedy: str) -> None:
        self.looked_in = looked_in
        super().__init__(f"No usable {service} was found. Looked in: {', '.join(looked_in)}. {remedy}")


class StartFailed(LocalServiceError):
    """The server did not come up; the end of its log says why."""

    def __init__(self, service: str, log: Path, tail: str) -> None:
        self.tail = tail
        super().__init__(f"{service} did not start. The end of {log}:\n{tail}")


class PortTaken(StartFailed):
    """Something else took the port between choosing it and listening on it."""


class DataFromOtherVersion(LocalServiceError):
    """The data folder was written by another major version of PostgreSQL."""

    def __init__(self, data: Path, written_by: int, available: list[int]) -> None:
        self.written_by, self.available = written_by, available
        found = ", ".join(str(major) for major in available) or "none"
        super().__init__(
            f"{data} was written by PostgreSQL {written_by}, but the versions found here are: {found}. "
            f"Install PostgreSQL {written_by}, or move that folder away to start with an empty database."
        )


class NotYours(LocalServiceError):
    """The state folder belongs to another user."""

    def __init__(self, state_dir: Path, owner: str) -> None:
        self.owner = owner
        super().__init__(
            f"{state_dir} belongs to the user {owner}. Run this as {owner}, or use a clone of your own."
        )
