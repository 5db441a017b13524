"""What stops `manage.py run`. Each message says what happened and what to do about it."""

from pathlib import Path


class SupervisorError(Exception):
    """The run cannot start or go on."""


class BadProcfile(SupervisorError):
    """The Procfile cannot be read."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join([f"{path} cannot be used:", *faults]))


class AlreadyRunning(SupervisorError):
    """Another run of the same clone is going."""

    def __init__(self, pid: int | None) -> None:
        self.pid = pid
        super().__init__(f"Millrace already runs here (process {pid}). Stop it with: make stop")


class PortInUse(SupervisorError):
    """A port that was asked for by name is not free."""

    def __init__(self, variable: str, port: int) -> None:
        self.variable, self.port = variable, port
        super().__init__(f"Port {port} is taken. Choose another with {variable}=, or leave {variable} out.")


class StepFailed(SupervisorError):
    """A step before the start went wrong; its output stands above."""

    def __init__(self, step: str, status: int) -> None:
        self.step, self.status = step, status
        super().__init__(f"`manage.py {step}` failed with status {status}; see above.")


class NotReady(SupervisorError):
    """The site did not answer in time."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        super().__init__(f"{url} did not answer with 200 within {seconds:.0f} s; see the output above.")
