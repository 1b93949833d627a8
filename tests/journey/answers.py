"""The public API as a reader sees it: plain GETs, JSON out, a 4xx as None."""

import urllib.parse
from collections.abc import Iterator
from typing import Any

import httpx

_PAGES = 10_000


class Api:
    """`address` such as http://127.0.0.1:8080. Each question has a connection of its own, so nothing has to be closed."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, **query: str) -> Any:
        """The body of a 200; None for a 4xx; anything else is an error."""
        answer = httpx.get(self.address + path, params=query, timeout=30)
        if 400 <= answer.status_code < 500:
            return None
        answer.raise_for_status()
        return answer.json()

    def progress(self) -> dict[str, dict[str, Any]]:
        return {figure["id"]: figure for figure in self.get("/v1/progress")["indicators"]}

    def answer(self, indicator: str, **query: str) -> dict[str, Any] | None:
        answer: dict[str, Any] | None = self.get(f"/v1/progress/{urllib.parse.quote(indicator, safe='')}", **query)
        return answer

    def receipts(self, publisher: str) -> dict[str, dict[str, Any]]:
        """By stream; nothing where the publisher is not known yet."""
        answer = self.get(f"/v1/publishers/{publisher}/receipts")
        return {stream["stream"]: stream for stream in (answer or {}).get("streams", ())}

    def contested(self) -> list[dict[str, Any]]:
        return list(self._pages("/v1/contested", "contested"))

    def rejected(self, publisher: str) -> list[dict[str, Any]]:
        return list(self._pages(f"/v1/publishers/{publisher}/rejected", "rejected"))

    def _pages(self, path: str, member: str) -> Iterator[dict[str, Any]]:
        query: dict[str, str] = {}
        for _ in range(_PAGES):
            page = self.get(path, **query)
            if not page or not page.get(member):
                return
            yield from page[member]
            if page.get("cursor") in (None, query.get("cursor")):
                return
            query = {"cursor": page["cursor"]}
