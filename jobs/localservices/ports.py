"""Free TCP ports on loopback."""

import socket

LOOPBACK = "127.0.0.1"
ANY = 0


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now. TIME_WAIT counts as free, as it does for servers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose(preferred: int) -> int:
    """`preferred` when it is free, else a port that the system hands out. `ANY` always asks the system."""
    if preferred != ANY and is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, ANY))
        return int(probe.getsockname()[1])
