"""Free ports on the loopback interface. In: the port that is wanted, if any; out: that one when free, else another."""

import socket

LOOPBACK = "127.0.0.1"


def choose(wanted: int | None = None) -> int:
    if wanted and is_free(wanted):
        return wanted
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def is_free(port: int) -> bool:
    """A port in TIME_WAIT counts as free, as servers set SO_REUSEADDR; one that somebody listens on does not."""
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False
