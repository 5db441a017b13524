"""The ports of a run."""

import socket

import pytest

from jobs.localservices.ports import ANY, LOOPBACK, choose
from jobs.supervisor.addresses import choose_ports
from jobs.supervisor.errors import PortInUse, SupervisorError


def test_a_port_that_was_asked_for_is_used() -> None:
    free = choose(ANY)

    ports = choose_ports({"PORT": str(free)})

    assert ports.url("PORT") == f"http://127.0.0.1:{free}"
    assert ports.environ["PORT"] == str(free)
    assert set(ports.environ) == {"PORT", "FLOWER_PORT", "SANDBOX_PORT"}


def test_a_port_that_was_asked_for_and_is_taken_is_refused() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortInUse, match=f"Port {port} is taken"):
            choose_ports({"PORT": str(port)})


@pytest.mark.parametrize("asked", ["web", "0", "65536", "-1"])
def test_what_is_no_port_is_refused(asked: str) -> None:
    with pytest.raises(SupervisorError, match=f"FLOWER_PORT={asked} is not a port"):
        choose_ports({"FLOWER_PORT": asked})
