"""A listener of `/v1/stream`: keeps the newest figure of every indicator, as a page in a browser would.

The contract says: a snapshot, then changes; every event with an id to resume from. How the figures are wrapped is left to
the API, so whatever object has an `id` and a `value` is taken for a figure, however deep it lies.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

Figures = dict[str, dict[str, Any]]


@dataclass
class Listener:
    """Runs in a thread of its own from `start` to `stop`. `last_event_id` resumes."""

    address: str
    last_event_id: str | None = None
    figures: Figures = field(default_factory=dict)
    events: list[tuple[str, str, int]] = field(default_factory=list)  # (event name, id, figures in it)
    connected: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def start(self) -> "Listener":
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self.connected.wait(15), "no connection to the stream"
        return self

    def stop(self) -> None:
        self._stopped.set()
        assert self._thread is not None
        self._thread.join(30)

    def wait_until(self, holds: Callable[[], bool], timeout_seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(holds, timeout_seconds)

    def _listen(self) -> None:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": self.last_event_id} if self.last_event_id else {})}
        timeout = httpx.Timeout(10, read=20)
        with httpx.Client(base_url=self.address, timeout=timeout) as client, client.stream("GET", "/v1/stream", headers=headers) as answer:
            answer.raise_for_status()
            self.connected.set()
            try:
                self._take_all(answer)
            except httpx.ReadTimeout:
                return

    def _take_all(self, answer: httpx.Response) -> None:
        for name, event_id, data in read_events(answer.iter_lines()):
            if self._stopped.is_set():
                return
            found = list(figures_in(data))
            with self._changed:
                self.figures.update({figure["id"]: figure for figure in found})
                self.events.append((name, event_id, len(found)))
                self._changed.notify_all()


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """Server-sent events: (event, id, data as JSON); comments that keep the line alive come as ("", "", None)."""
    event: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith(":"):
            yield "", "", None
        elif line:
            name, _, value = line.partition(":")
            event.setdefault(name, []).append(value.removeprefix(" "))
        elif event:
            yield event.get("event", ["message"])[-1], event.get("id", [""])[-1], _data(event.get("data", []))
            event = {}


def figures_in(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and "id" in data and "value" in data:
        yield data
    elif isinstance(data, dict | list):
        for member in data.values() if isinstance(data, dict) else data:
            yield from figures_in(member)


def _data(lines: list[str]) -> Any:
    try:
        return json.loads("\n".join(lines))
    except ValueError:
        return None
