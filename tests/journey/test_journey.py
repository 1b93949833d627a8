"""The journey of a scenario through a running system: from Kafka to receipts, figures, breakdowns and the stream.

Needs the fixture `system`: `.kafka` its bootstrap servers, `.api` the address of its public API; optionally `.publishers`,
the registry file that it reads. It may hold other data, but nobody else may publish while this runs.
"""

import datetime
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journey import blackbox, kafka, report
from tests.journey.answers import Api
from tests.journey.stream import Listener
from tests.oracle.records import Registry
from tests.oracle.recount import Recount
from tests.oracle.scenario import scenario

pytestmark = pytest.mark.servers

_HEARD_SECONDS = 120.0


def _seed() -> int:
    """Another one each run: a system that is kept from run to run must not hear one seed twice. It is in every failure."""
    return time.time_ns() // 1_000_000 % 10**9


def _registry(system: Any) -> Registry:
    path = getattr(system, "publishers", None) or Path("deploy/publishers.yaml")
    return blackbox.read_registry(Path(path), "count")


def _recount(system: Any) -> Recount:
    return Recount(kafka.read_back(system.kafka), _registry(system), datetime.datetime.now(datetime.UTC))


def _publish(system: Any, seed: int, events: int) -> None:
    kafka.publish(system.kafka, scenario(seed, events, _registry(system), datetime.datetime.now(datetime.UTC)))


def _differences(recount: Recount, listener: Listener) -> list[str]:
    return list(report.headline_differences(recount, listener.figures))


def test_every_figure_equals_the_recount(system: Any) -> None:
    seed = _seed()
    _publish(system, seed, 3000)
    found = blackbox.settled_report(system.kafka, system.api, _registry(system), _HEARD_SECONDS)
    assert found.differences == [], f"seed {seed}\n" + "\n".join(found.lines())


def test_the_stream_shows_the_settled_values_and_resumes(system: Any) -> None:
    seed = _seed()
    listener = Listener(system.api).start()
    try:
        assert listener.wait_until(lambda: bool(listener.figures), 15), "no snapshot"
        snapshot = dict(listener.figures)
        first_id = next(event_id for _, event_id, figures in listener.events if figures)
        _publish(system, seed, 500)
        recount = _recount(system)
        assert blackbox.retry(lambda: report.settled(recount, Api(system.api)), time.monotonic() + _HEARD_SECONDS), f"seed {seed}"
        arrived = listener.wait_until(lambda: not _differences(recount, listener), 30)
        assert arrived, (f"seed {seed}", _differences(recount, listener))
        _check_resumed(system, recount, first_id, snapshot)
        _check_nothing_new(system, next(event_id for _, event_id, _ in reversed(listener.events) if event_id))
    finally:
        listener.stop()


def _check_resumed(system: Any, recount: Recount, event_id: str, known: dict[str, Any]) -> None:
    """With what was known at that id and what comes after it, everything is known."""
    resumed = Listener(system.api, event_id, dict(known)).start()
    try:
        assert resumed.wait_until(lambda: not _differences(recount, resumed), 30), _differences(recount, resumed)
    finally:
        resumed.stop()


def _check_nothing_new(system: Any, event_id: str) -> None:
    """A reader who has everything is not sent everything again."""
    resumed = Listener(system.api, event_id).start()
    try:
        assert not resumed.wait_until(lambda: len(resumed.figures) > 3, 2), resumed.events
    finally:
        resumed.stop()
