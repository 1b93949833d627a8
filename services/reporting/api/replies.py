"""How answers go out: bytes come in, a reply with ETag, compression and caching rules goes out.

The newest answer to each (path, question) is kept as bytes with its revision, within a bound, and made once for all who ask at the
same time.
"""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

MEDIA_TYPE = "application/json"
LEAST_TO_COMPRESS_BYTES = 500
MOST_ANSWERS, MOST_BYTES = 1_000, 64 * 1024 * 1024
Key = tuple[str, str]
Header = tuple[bytes, bytes]


class Told(NamedTuple):
    """An answer in the form in which it goes out."""

    status: int
    headers: tuple[Header, ...]
    content: bytes


@dataclass(slots=True)
class Body:
    """One answer; each form of it is made once."""

    content: bytes
    media_type: str = MEDIA_TYPE
    tag: str = ""
    forms: dict[str, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tag = f'W/"{hashlib.sha256(self.content).hexdigest()[:24]}"'
        self.forms["plain"] = self.full(self.content)
        self.forms["unchanged"] = Told(304, self.headers(), b"")

    def gzipped(self) -> Told:
        if "gzip" not in self.forms:
            self.forms["gzip"] = self.full(gzip.compress(self.content, 5, mtime=0), (b"content-encoding", b"gzip"))
        return self.forms["gzip"]

    def full(self, content: bytes, *more: Header) -> Told:
        charset = "; charset=utf-8" if self.media_type.startswith("text/") and "charset=" not in self.media_type else ""
        kind, length = f"{self.media_type}{charset}".encode(), str(len(content)).encode()
        return Told(200, (*self.headers(), *more, (b"content-length", length), (b"content-type", kind)), content)

    def headers(self) -> tuple[Header, ...]:
        return (b"etag", self.tag.encode()), (b"vary", b"Accept-Encoding"), (b"cache-control", b"public, no-cache")


@dataclass(slots=True)
class Replies:
    """One a process."""

    kept: OrderedDict[Key, tuple[str, Body]] = field(default_factory=OrderedDict)
    making: dict[tuple[str, Key], asyncio.Task[Body]] = field(default_factory=dict)
    size: int = 0

    def find(self, key: Key, revision: str) -> Body | None:
        """The kept answer, where it is of this revision."""
        of, body = self.kept.get(key, ("", None))
        if body is None or of != revision:
            return None
        self.kept.move_to_end(key)
        return body

    async def get(self, key: Key, revision: str, make: Callable[[], Awaitable[bytes]]) -> Body:
        """The kept answer, or a new one; who gives up waiting does not stop it for others."""
        body = self.find(key, revision)
        if body is not None:
            return body
        if (revision, key) not in self.making:
            self.making[revision, key] = asyncio.create_task(self.make(key, revision, make))
        return await asyncio.shield(self.making[revision, key])

    async def make(self, key: Key, revision: str, make: Callable[[], Awaitable[bytes]]) -> Body:
        try:
            body = Body(await make())
            self.keep(key, revision, body)
            return body
        finally:
            del self.making[revision, key]

    def keep(self, key: Key, revision: str, body: Body) -> None:
        # A body may be compressed later: its size is counted as twice what it is now.
        self.forget(self.kept.pop(key, None))
        self.kept[key] = (revision, body)
        self.size += 2 * len(body.content)
        while len(self.kept) > MOST_ANSWERS or (self.size > MOST_BYTES and len(self.kept) > 1):
            self.forget(self.kept.popitem(last=False)[1])

    def forget(self, answer: tuple[str, Body] | None) -> None:
        if answer is not None:
            self.size -= 2 * len(answer[1].content)


def send(request: Request, body: Body) -> Response:
    """200 with the bytes, or 304 where the reader has them."""
    told = tell(body, ",".join(request.headers.getlist("if-none-match")), request.headers.get("accept-encoding", ""))
    response = Response(told.content, told.status)
    response.raw_headers = [*told.headers]
    return response


def tell(body: Body, known: str, accepted: str) -> Told:
    """The form for one reader: its If-None-Match and its Accept-Encoding come in."""
    if known and is_known(known, body.tag):
        return body.forms["unchanged"]
    if len(body.content) >= LEAST_TO_COMPRESS_BYTES and accepts_gzip(accepted):
        return body.gzipped()
    return body.forms["plain"]


def is_known(stated: str, tag: str) -> bool:
    """If-None-Match: `*` or a list; compared weakly."""
    tags = [part.strip().removeprefix("W/") for part in stated.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


@lru_cache(maxsize=64)
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
