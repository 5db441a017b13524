"""Which ports a run uses: those asked for, else the usual ones, else any that are free."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobs.localservices.ports import LOOPBACK, choose, is_free
from jobs.supervisor.errors import PortInUse, SupervisorError

USUAL = {"PORT": 8000, "FLOWER_PORT": 5555, "SANDBOX_PORT": 18899}


@dataclass(frozen=True)
class Ports:
    """Chosen ports, by the names under which the Procfile knows them."""

    by_variable: Mapping[str, int]

    @property
    def environ(self) -> dict[str, str]:
        """For the processes."""
        return {variable: str(port) for variable, port in self.by_variable.items()}

    def url(self, variable: str) -> str:
        """The address behind a port."""
        return f"http://{LOOPBACK}:{self.by_variable[variable]}"


def choose_ports(asked: Mapping[str, str]) -> Ports:
    """`asked`: the environment. Raises `PortInUse` for a port that was asked for and is taken."""
    return Ports(
        {variable: _choose(variable, asked.get(variable), usual) for variable, usual in USUAL.items()}
    )


def _choose(variable: str, asked: str | None, usual: int) -> int:
    if not asked:
        return choose(usual)
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise SupervisorError(f"{variable}={asked} is not a port: give a number from 1 to 65535.")
    if not is_free(int(asked)):
        raise PortInUse(variable, int(asked))
    return int(asked)
