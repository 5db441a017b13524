"""Free ports."""

import socket

from jobs.localservices import ports


def test_the_preferred_port_is_taken_when_it_is_free() -> None:
    free = ports.choose(ports.ANY)

    assert ports.choose(free) == free


def test_another_port_is_chosen_when_the_preferred_one_is_taken() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]

        chosen = ports.choose(port)

        assert not ports.is_free(port)
        assert chosen != port
        assert ports.is_free(chosen)
