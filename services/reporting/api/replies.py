"""How answers go out: bytes come in, a reply with ETag, compression and caching rules goes out.

Answers are kept as bytes by (path, question, revision), within a bound, and made once for all who ask at the same time.
"""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import Response

MEDIA_TYPE = "application/json"
LEAST_TO_COMPRESS_BYTES = 500
MOST_ANSWERS, MOST_BYTES = 1_000, 64 * 1024 * 1024
Key = tuple[str, str, str]


@dataclass(slots=True)
class Body:
    """One answer as it travels."""

    content: bytes
    media_type: str = MEDIA_TYPE
    tag: str = ""
    compressed: bytes | None = None

    def __post_init__(self) -> None:
        self.tag = f'W/"{hashlib.sha256(self.content).hexdigest()[:24]}"'

    @property
    def size(self) -> int:
        return len(self.content) + len(self.compressed or b"")

    def gzipped(self) -> bytes:
        if self.compressed is None:
            self.compressed = gzip.compress(self.content, 5, mtime=0)
        return self.compressed


@dataclass(slots=True)
class Replies:
    """One a process."""

    kept: OrderedDict[Key, Body] = field(default_factory=OrderedDict)
    making: dict[Key, asyncio.Task[Body]] = field(default_factory=dict)
    size: int = 0

    async def get(self, key: Key, make: Callable[[], Awaitable[bytes]]) -> Body:
        """The kept answer, or a new one; who gives up waiting does not stop it for others."""
        body = self.kept.get(key)
        if body is not None:
            self.kept.move_to_end(key)
            return body
        if key not in self.making:
            self.making[key] = asyncio.create_task(self.make(key, make))
        return await asyncio.shield(self.making[key])

    async def make(self, key: Key, make: Callable[[], Awaitable[bytes]]) -> Body:
        try:
            body = Body(await make())
            self.keep(key, body)
            return body
        finally:
            del self.making[key]

    def keep(self, key: Key, body: Body) -> None:
        # A body may be compressed later: its size is counted as twice what it is now.
        self.kept[key] = body
        self.size += 2 * len(body.content)
        while len(self.kept) > MOST_ANSWERS or (self.size > MOST_BYTES and len(self.kept) > 1):
            _, forgotten = self.kept.popitem(last=False)
            self.size -= 2 * len(forgotten.content)


def send(request: Request, body: Body) -> Response:
    """200 with the bytes, or 304 where the reader has them."""
    headers = {"ETag": body.tag, "Vary": "Accept-Encoding", "Cache-Control": "public, no-cache"}
    if is_known(request, body.tag):
        return Response(status_code=304, headers=headers)
    if len(body.content) >= LEAST_TO_COMPRESS_BYTES and accepts_gzip(request.headers.get("accept-encoding", "")):
        return Response(body.gzipped(), headers={**headers, "Content-Encoding": "gzip"}, media_type=body.media_type)
    return Response(body.content, headers=headers, media_type=body.media_type)


def is_known(request: Request, tag: str) -> bool:
    """If-None-Match: `*` or a list; compared weakly."""
    stated = ",".join(request.headers.getlist("if-none-match"))
    tags = [part.strip().removeprefix("W/") for part in stated.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


def accepts_gzip(header: str) -> bool:
    """Whether gzip, or anything, is taken with a quality above 0."""
    qualities: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, rest = part.partition(";")
        _, _, quality = rest.partition("q=")
        try:
            qualities[name.strip()] = float(quality) if quality else 1.0
        except ValueError:
            qualities[name.strip()] = 0.0
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0
