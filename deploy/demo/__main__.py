"""The realistic publisher: `python -m deploy.demo`. In: DENYUT_KAFKA, bootstrap servers; out: records in inbound topics.

First the published history, then the past of a synthetic seller base, then live events until SIGTERM, SIGINT or `--duration`.
A second start repeats the first two and changes nothing by it; live events are new ones.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable

from deploy.demo import history, population, sellers, wire
from deploy.demo.live import Live
from deploy.demo.sending import Sender
from deploy.demo.wire import Message
from shared.runtime import clock

LINE_SECONDS = 5.0
TICK_SECONDS = 0.05


class Publisher:
    """One run: what it sends, at which pace, and what it says of it."""

    def __init__(self, options: argparse.Namespace, bootstrap_servers: str, stop: threading.Event) -> None:
        self._options, self._stop = options, stop
        self._sender = Sender(bootstrap_servers, stop.is_set)
        self._said_at = time.monotonic()
        self._said_sent = 0

    def run(self) -> int:
        """0, or 1 where records were lost."""
        base = sellers.base(self._options.seed, self._options.sellers)
        begun = clock.now()
        self._send_all("published history", map(wire.binary, history.events()))
        self._send_all("past of the sellers", map(wire.binary, population.events(self._options.seed, base, begun)))
        self._send_live(Live(self._options.seed, base, begun).messages(clock.now))
        left = self._sender.close()
        say(f"stopped; {self._sender.sent} records sent, {self._sender.failed + left} not")
        return 1 if self._sender.failed + left else 0

    def _send_all(self, what: str, messages: Iterable[Message]) -> None:
        before, begun = self._sender.handed, time.monotonic()
        for message in messages:
            if not self._sender.send(message):
                return
            self._tell(what)
        number, seconds = self._sender.handed - before, time.monotonic() - begun
        say(f"{what}: {number} records in {seconds:.1f} s")

    def _send_live(self, messages: Iterable[Message]) -> None:
        """At the given rate on average; what a broker that was away has cost is not sent in one flood."""
        waiting, end, last, due = iter(messages), self._end(), time.monotonic(), 0.0
        while not self._stop.wait(TICK_SECONDS) and time.monotonic() < end:
            now = time.monotonic()
            due, last = due + min(now - last, 1.0) * self._options.rate, now
            while due >= 1 and self._sender.send(next(waiting)):
                due -= 1
            self._sender.poll()
            self._tell("live")

    def _end(self) -> float:
        return time.monotonic() + self._options.duration if self._options.duration else float("inf")

    def _tell(self, what: str) -> None:
        now = time.monotonic()
        if now - self._said_at < LINE_SECONDS:
            return
        pace = (self._sender.sent - self._said_sent) / (now - self._said_at)
        trouble = f"; trouble: {self._sender.trouble}" if self._sender.trouble else ""
        say(f"{what}: {self._sender.sent} sent, {pace:.0f}/s, {self._sender.failed} failed{trouble}")
        self._said_at, self._said_sent = now, self._sender.sent


def say(sentence: str) -> None:
    print(f"demo publisher: {sentence}", flush=True)


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    options.add_argument("--rate", type=float, default=50, help="live events a second (50)")
    options.add_argument("--seed", type=int, default=1, help="another seed is another nation (1)")
    options.add_argument("--duration", type=float, default=0, help="seconds of live events; 0 is for ever (0)")
    options.add_argument("--sellers", type=int, default=4000, help="size of the seller base (4000)")
    return options.parse_args(arguments)


def main() -> int:
    options = read_options()
    bootstrap_servers = os.environ.get("DENYUT_KAFKA")
    if not bootstrap_servers:
        say("DENYUT_KAFKA is not set: the bootstrap servers, host:port")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return Publisher(options, bootstrap_servers, stop).run()


if __name__ == "__main__":
    sys.exit(main())
