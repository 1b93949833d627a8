"""Which pseudonyms are one MSME: link events come in, the groups that follow from the standing links go out.

Heard by all three domain services, each in its own projection; the same rule, so the same room. Any order works: an unlink
before its link is kept and decides by its version.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import structlog
from asyncpg.pgproto.pgproto import UUID

from shared.events import versions
from shared.events.envelope import Event
from shared.events.identity import IdentitiesLinked, IdentitiesUnlinked
from shared.messaging.decode import decode
from shared.messaging.fold import Decided, Fact, Folded
from shared.postgres import queries
from shared.postgres.connection import Connection

log = structlog.get_logger(__name__)
QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
LARGEST_GROUP = 1_000  # pseudonyms; a larger one is an alarm
MANY = 10_000  # links; of more the groups are found beside the event loop
NOBODY = UUID(bytes(16))
LINK = Fact("link", key=("link_id", "publisher"), content=("a", "b"), empty=(NOBODY, NOBODY), coded=("publisher",))


@dataclass(frozen=True, slots=True)
class Move:
    """An MSME whose unit changed."""

    msme: UUID
    old_unit: UUID
    new_unit: UUID


def msme_key(msme_id: str) -> UUID:
    """The 16 bytes that stand for a pseudonym."""
    return UUID(sha256(msme_id.encode()).digest()[:16])


def decide_link(event: Event, data: IdentitiesLinked | IdentitiesUnlinked) -> Decided:
    key = (data.link_id, event.publisher)
    if isinstance(data, IdentitiesLinked):
        a, b = sorted((msme_key(data.msme_ids[0]), msme_key(data.msme_ids[1])))
        return Decided(LINK, key, versions.of_time(event), (a, b))
    return Decided(LINK, key, versions.of_time(event, versions.CANCELLATION), (), cancels=True)


async def record_links(
    connection: Connection, folded: Folded, number: int, *, contests: bool = False
) -> tuple[Mapping[Fact, str], Sequence[Move]]:
    """Record the staged links; the letters of their rows and the MSMEs that move (also in the table `moved`) come back.

    `contests`: this service tells which links two publishers state; the others hear the same links.
    """
    if LINK not in folded.entries:
        return {}, []
    letters = await connection.fetchval(QUERIES.judge_links)
    if contests:
        await connection.execute(QUERIES.before_contested)
    ends = await connection.fetchval(QUERIES.record_links)
    if contests:
        await connection.execute(QUERIES.tell_contested, number)
        await connection.execute(QUERIES.forget_contested)
    return {LINK: letters}, await regroup(connection, ends)


async def regroup(connection: Connection, ends: Sequence[UUID]) -> Sequence[Move]:
    """Find the groups of these MSMEs and of all who are grouped with them, anew from the standing links."""
    units = {row["msme"]: row["unit"] for row in await connection.fetch(QUERIES.list_members, ends)}
    everybody = list({*ends, *units})
    links = await connection.fetch(QUERIES.list_standing, everybody)
    pairs = [(row["a"], row["b"]) for row in links]
    groups = await asyncio.to_thread(components, everybody, pairs) if len(pairs) > MANY else components(everybody, pairs)
    moves = [Move(msme, units.get(msme, msme), unit) for msme, unit in groups.items() if units.get(msme, msme) != unit]
    await record_groups(connection, groups, moves)
    return moves


async def record_groups(connection: Connection, groups: Mapping[UUID, UUID], moves: Sequence[Move]) -> None:
    sizes: dict[UUID, int] = {}
    for unit in groups.values():
        sizes[unit] = sizes.get(unit, 0) + 1
    for unit, size in sizes.items():
        if size > LARGEST_GROUP:
            log.error("group_is_too_large", unit=str(unit), pseudonyms=size, limit=LARGEST_GROUP)
    linked = {msme: unit for msme, unit in groups.items() if sizes[unit] > 1}
    await connection.execute(QUERIES.forget_members, [msme for msme in groups if msme not in linked])
    await connection.execute(QUERIES.record_members, list(linked), list(linked.values()))
    columns = [move.msme for move in moves], [move.old_unit for move in moves], [move.new_unit for move in moves]
    await connection.execute(QUERIES.record_moved, *columns)


def components(nodes: Iterable[UUID], links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """Each node's group, named by its smallest member."""
    parent = {node: node for node in nodes}

    def root(node: UUID) -> UUID:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    return {node: root(node) for node in parent}


async def record_pseudonyms(connection: Connection, folded: Folded, msmes: Iterable[UUID]) -> None:
    """Keep the pseudonyms of these MSMEs as far as this batch names them."""
    named = {msme: decode(record) for msme, record in folded.naming(set(msmes)).items()}
    pseudonyms = {msme: event.data.msme_id for msme, event in named.items() if isinstance(event, Event)}  # type: ignore[attr-defined]
    await connection.execute(QUERIES.record_pseudonyms, list(pseudonyms), list(pseudonyms.values()))


def ranges(parts: int = 64) -> Iterable[tuple[UUID, UUID]]:
    """Units in so many ranges, for counting everything anew without holding all of it at once."""
    step = 2**128 // parts
    return [(UUID((part * step).to_bytes(16, "big")), UUID(((part + 1) * step - 1).to_bytes(16, "big"))) for part in range(parts)]


async def count_contested(connection: Connection) -> None:
    """Links that two publishers state, for a count of everything."""
    await connection.execute(QUERIES.count_contested)
