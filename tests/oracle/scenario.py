"""A seeded scenario: the records of many publishers over all streams, in the order in which they are sent.

    for sent in scenario(seed=7, events=5000, registry=registry, now=now): ...

About one record in thirty repeats another, one in twenty-five cannot be taken, and nothing comes in order. Small units are
frequent enough that links, conflicts and cancellations meet each other. The same arguments give the same records.
"""

import datetime
from collections.abc import Iterator
from itertools import islice

from tests.oracle.generate import export, identity, observations, onboarding, procurement
from tests.oracle.generate.damage import damaged
from tests.oracle.generate.forms import RIGHT, WRONG
from tests.oracle.generate.source import Source
from tests.oracle.records import Registry
from tests.oracle.sending import Sent, Told, binary, structured

_REPEATED, _WRONG = 0.03, 0.04


def scenario(seed: int, events: int, registry: Registry, now: datetime.datetime) -> list[Sent]:
    """`events` records, give or take what the offices state."""
    source = Source(seed, registry, now)
    told = _told(source, events)
    sent = [source.draw.choice(RIGHT)(event) for event in told]
    sent += [_again(source, event) for event in told if source.chance(_REPEATED)]
    sent += list(islice(_wrong(source, told), int(events * _WRONG)))
    source.draw.shuffle(sent)
    return sent


def _told(source: Source, events: int) -> list[Told]:
    population = max(events // 8, 4)
    told = observations.statements(source)
    told += _take(onboarding.lives(source), events * 50 // 100)
    told += _take(identity.links(source, population), events * 4 // 100)
    told += _take(export.declarations(source, population), events * 20 // 100)
    told += _take(procurement.processes(source, population), events * 18 // 100)
    return told


def _take(groups: Iterator[list[Told]], least: int) -> list[Told]:
    taken: list[Told] = []
    while len(taken) < least:
        taken += next(groups)
    return taken


def _again(source: Source, event: Told) -> Sent:
    """A re-sync repeats id and time, in whatever mode."""
    return source.draw.choice((binary, structured))(event)


def _wrong(source: Source, told: list[Told]) -> Iterator[Sent]:
    """For ever: some event spoiled in its form or in its data."""
    while True:
        event = source.draw.choice(told)
        if source.chance(0.4):
            reason, spoil = source.draw.choice(WRONG)
            yield _expecting(spoil(event), reason)
        elif spoiled := damaged(event):
            reason, bad = source.draw.choice(spoiled)
            yield _expecting(source.draw.choice((binary, structured))(bad), reason)


def _expecting(sent: Sent, reason: str) -> Sent:
    return Sent(sent.topic, sent.key, sent.value, sent.headers, reason)
