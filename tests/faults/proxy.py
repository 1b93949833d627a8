"""The network between a client and a server: a target comes in, an address that can fail goes out.

A black hole lets nothing through, or no answers, and says nothing; a slow network takes its time; a cut ends every connection at once;
a lost answer is that of one COMMIT, which the server has carried out and the client never hears of.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from deploy.local import ports

CHUNK_BYTES = 256 * 1024
COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
RELAY = b"relay-"  # the application name of a relay's session, in its first packet


@dataclass(eq=False, slots=True)
class Line:
    """One connection through the proxy. `loses_answer`: the next thing the server says is not passed on, and the line is cut."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_relay: bool = False
    loses_answer: bool = False

    def cut(self) -> None:
        for end in (self.client, self.server):
            end.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Listens on `port` once started, on the loopback interface."""

    target_port: int
    port: int = 0
    passes: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    delay_seconds: float = 0.0
    lines: set[Line] = field(default_factory=set)
    lose_commit: bool = False
    lost_commits: int = 0
    server: asyncio.Server | None = None

    async def start(self) -> None:
        self.heal()
        self.server = await asyncio.start_server(self.on_client, ports.LOOPBACK, self.port, limit=CHUNK_BYTES)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
        self.cut()

    def black_hole(self, *, answers_only: bool = False) -> None:
        (self.answers if answers_only else self.passes).clear()

    def heal(self) -> None:
        self.delay_seconds = 0.0
        self.passes.set()
        self.answers.set()

    async def way(self) -> None:
        """As long as this takes nothing gets through."""
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        await self.passes.wait()

    def cut(self) -> None:
        for line in list(self.lines):
            line.cut()

    async def on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.passes.wait()
            from_server, to_server = await asyncio.open_connection(ports.LOOPBACK, self.target_port, limit=CHUNK_BYTES)
        except OSError:
            writer.transport.abort()
            return
        line = Line(writer, to_server)
        self.lines.add(line)
        ways = [asyncio.create_task(self.carry_there(line, reader)), asyncio.create_task(self.carry_back(line, from_server))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            line.cut()
            self.lines.discard(line)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def carry_there(self, line: Line, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self.way()
                line.is_relay = line.is_relay or RELAY in data[:512]
                if self.lose_commit and COMMIT in data and not line.is_relay:
                    self.lose_commit, line.loses_answer = False, True
                    self.lost_commits += 1
                line.server.write(data)
                await line.server.drain()

    async def carry_back(self, line: Line, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self.way()
                await self.answers.wait()
                if line.loses_answer:
                    return
                line.client.write(data)
                await line.client.drain()
