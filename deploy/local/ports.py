"""Free ports on the loopback interface. In: the ports that are wanted, best first; out: one that is free, whichever it is."""

import socket

LOOPBACK = "127.0.0.1"


def choose(*wanted: int | None) -> int:
    for port in wanted:
        if port and is_free(port):
            return port
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def is_free(port: int) -> bool:
    """A port in TIME_WAIT counts as free, as servers set SO_REUSEADDR; one that somebody listens on does not."""
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False
