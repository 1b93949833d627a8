"""Many readers of the REST interface: paths come in, how many answers a second and how late they were go out.

Connections are kept open and each asks again as soon as it has its answer. Nothing of an answer is looked at but its length, so
that one core of asking can keep one core of answering busy.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

CONNECTIONS = 32
GOOD = (b"200", b"304")
BOUND_SECONDS = 30


@dataclass(slots=True)
class Asked:
    """Seconds that each answer took."""

    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.waited) / self.seconds


class Reader(asyncio.Protocol):
    """One connection that asks the same again and again until told to stop."""

    def __init__(self, request: bytes, asked: Asked) -> None:
        self.request, self.asked = request, asked
        self.stopped = False
        self.expected, self.have = 0, b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by class
        self.ask()

    def ask(self) -> None:
        self.begun = time.perf_counter()
        self.expected, self.have = 0, b""
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.have += data
        if not self.expected and (end := self.have.find(b"\r\n\r\n")) > 0:
            head = self.have[:end].lower()
            if head[9:12] not in GOOD:
                raise RuntimeError(f"an answer that says nothing of speed: {head[:200]!r}")
            _, _, length = head.partition(b"content-length: ")
            self.expected = end + 4 + int(length.split(b"\r\n", 1)[0] or 0)
        if self.expected and len(self.have) >= self.expected:
            self.asked.waited.append(time.perf_counter() - self.begun)
            if self.stopped:
                self.transport.close()
            else:
                self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


async def ask(address: str, path: str, seconds: float, headers: str = "") -> Asked:
    """Ask for one path over all connections for so long."""
    where, asked = urlsplit(address), Asked()
    request = f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAccept-Encoding: gzip\r\n{headers}\r\n".encode()
    assert where.hostname is not None
    assert where.port is not None
    host, port = where.hostname, where.port
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    async with asyncio.timeout(seconds + BOUND_SECONDS):
        readers = [(await loop.create_connection(lambda: Reader(request, asked), host, port))[1] for _ in range(CONNECTIONS)]
        await asyncio.sleep(seconds)
        asked.seconds = time.perf_counter() - begun
        for reader in readers:
            reader.stopped = True
        await asyncio.gather(*(reader.done for reader in readers))
    return asked
