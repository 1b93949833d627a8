"""Each record has exactly one outcome: the log and the services' databases come in, contradictions go out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any
from zlib import crc32

from shared.events import topics
from tests.faults import reading
from tests.faults.reading import Placed
from tests.faults.running import Running
from tests.oracle.decode import decode
from tests.oracle.observations import check_opening
from tests.oracle.records import Record, Refusal, Registry

Refused = Set[tuple[str, int, int]]
PERSONAL = re.compile(rb"[0-9]{16}|[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9]-[0-9]{3}\.[0-9]{3}")
HEARS = {service: (service, "identity") for service in topics.DOMAIN_SERVICES} | {"reporting": ("observations",)}
HEARD = "select topic, partition, coalesce(from_offset, 0) as begins, next_offset, checksums from heard order by 1, 2, 3, 4"
POSITIONS = "select topic, partition, next_offset from position"
OUTCOMES = """select publisher, stream, sum(applied + repeated + superseded + conflicted + quarantined)::bigint as records,
sum(quarantined)::bigint as quarantined from outcome group by publisher, stream"""
QUARANTINE = 'select topic, partition, "offset", reason, value, key from quarantine'


def refused_of(log: Sequence[Placed], registry: Registry) -> Refused:
    """The places of the records that cannot be taken, by the recount's own reading."""
    return {placed.place for placed in log if is_refused(placed.record, registry)}


def is_refused(record: Record, registry: Registry) -> bool:
    try:
        check_opening(decode(record, registry))
    except Refusal:
        return True
    return False


async def differences(running: Running, service: str, log: Sequence[Placed], refused: Refused) -> list[str]:
    """Of one service: what it heard, counted, refused and where it is, beside the log itself."""
    mine = [placed for placed in log if placed.record.topic.split(".")[1] in HEARS[service]]
    found = [*await heard(running, service, mine), *await outcomes(running, service, mine, refused)]
    found += [*await quarantined(running, service, mine, refused), *await positions(running, service)]
    return [f"{service}: {line}" for line in found]


async def heard(running: Running, service: str, log: Sequence[Placed]) -> list[str]:
    """Batches follow one another without a gap or an overlap, and are made of the log's records."""
    sums: dict[tuple[str, int], bytearray] = defaultdict(bytearray)
    for placed in sorted(log, key=lambda placed: placed.place):
        sums[placed.place[:2]] += crc32(placed.record.value or b"").to_bytes(4, "big")
    batches: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in await running.database.fetch(HEARD, database=service):
        if topics.parse(row["topic"]):
            batches[row["topic"], row["partition"]].append(row)
    return [line for place in sums.keys() | batches.keys() for line in chain(place, batches[place], bytes(sums[place]))]


def chain(place: tuple[str, int], batches: Sequence[Any], sums: bytes) -> Iterator[str]:
    at = 0
    for row in batches:
        if row["begins"] != at:
            yield f"{place} was heard to {at}, then from {row['begins']}"
        at = row["next_offset"]
    said = b"".join(row["checksums"] for row in batches)
    if said != sums:
        yield f"{place}: {len(said) // 4} records heard and {len(sums) // 4} in the log, or others"


async def outcomes(running: Running, service: str, log: Sequence[Placed], refused: Refused) -> list[str]:
    """As many outcomes as records for every publisher and stream, and as many refusals as the recount has."""
    sent = Counter(sender(placed) for placed in log)
    bad = Counter(sender(placed) for placed in log if placed.place in refused)
    rows = await running.database.fetch(OUTCOMES, database=service)
    stated = {(row["stream"], row["publisher"]): (row["records"], row["quarantined"]) for row in rows}
    expected = {place: (sent[place], bad[place]) for place in sent}
    return [
        f"{place}: (records, quarantined) stated {stated.get(place)}, in the log {expected.get(place)}"
        for place in sorted(stated.keys() | expected.keys())
        if stated.get(place) != expected.get(place)
    ]


def sender(placed: Placed) -> tuple[str, str]:
    """Stream and publisher."""
    _, stream, publisher = placed.record.topic.split(".")
    return stream, publisher


async def quarantined(running: Running, service: str, log: Sequence[Placed], refused: Refused) -> Iterable[str]:
    """The very records that cannot be taken are in quarantine, their bytes untouched unless they are personal."""
    expected = {placed.place: placed.record for placed in log if placed.place in refused}
    rows = await running.database.fetch(QUARANTINE, database=service)
    stated = {(row["topic"], row["partition"], row["offset"]): row for row in rows}
    changed = [place for place, row in stated.items() if place in expected and not is_kept(row["value"], expected[place].value)]
    lines = [f"in quarantine for nothing: {place} ({stated[place]['reason']})" for place in sorted(stated.keys() - expected.keys())]
    lines += [f"not in quarantine: {place}" for place in sorted(expected.keys() - stated.keys())]
    return [*lines, *(f"bytes changed in quarantine: {place}" for place in sorted(changed))][:20]


def is_kept(value: bytes | None, sent: bytes | None) -> bool:
    """As it was sent; or not at all, where it may hold a person's number."""
    return value == sent or (value is None and PERSONAL.search(sent or b"") is not None)


async def positions(running: Running, service: str) -> list[str]:
    """Where the service is, is where the log ends: for every topic that it hears."""
    stated = {(row["topic"], row["partition"]): row["next_offset"] for row in await running.database.fetch(POSITIONS, database=service)}
    ends = reading.ends(running.broker.bootstrap, lambda name: hears(service, name))
    return [
        f"position of {place} is {stated.get(place)}, the log ends at {ends.get(place)}"
        for place in sorted(stated.keys() | ends.keys())
        if (stated.get(place) or 0) != (ends.get(place) or 0)
    ]


def hears(service: str, topic: str) -> bool:
    parts = topic.split(".")
    if service == "reporting" and parts[:2] in (["umkm", "cells"], ["umkm", "rejected"]):
        return True
    return topics.parse(topic) is not None and parts[1] in HEARS[service]
