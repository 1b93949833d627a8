"""What export knows: staged rows come in under the lock, facts and the numbers they make are brought to their newest state.

Every change to a number happens the same way: touch the units, keep their numbers as they are, change the facts, tell the
difference. Links first, so that the batch's own facts meet the units as they are now.
"""

from collections.abc import Mapping
from pathlib import Path

from services.export.model import ITEM, TRAINING
from shared.identity import links
from shared.messaging.fold import Fact, Folded
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
NUMBERS = ("exports", "exporters", "exporter_months", "trained")
ELSEWHERE = ("exporter_destinations", "exporter_commodities")  # the same exporters again: why they changed is told once


async def prepare(connection: Connection) -> None:
    """A new connection gets its temporary tables."""
    await connection.execute(links.QUERIES.temporary_tables)
    await connection.execute(QUERIES.temporary_tables)


async def record(connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
    """Record a batch; two letters a staged row of each fact come back."""
    letters, moves = await links.record_links(connection, folded, number)
    if moves:
        await record_moves(connection, number, month)
    told = dict(letters)
    if ITEM in folded.entries:
        told[ITEM] = await connection.fetchval(QUERIES.judge_items)
        await connection.execute(QUERIES.touch_items)
    if TRAINING in folded.entries:
        told[TRAINING] = await connection.fetchval(QUERIES.judge_trainings)
        await connection.execute(QUERIES.touch_trainings)
    if ITEM in folded.entries or TRAINING in folded.entries:
        await record_facts(connection, folded, number, month)
    return told


async def record_moves(connection: Connection, number: int, month: int) -> None:
    """MSMEs go over to their new units, with all they have."""
    await connection.execute(QUERIES.touch_moved_items)
    await connection.execute(QUERIES.touch_moved_trainings)
    await change_facts(connection, (QUERIES.move_items, QUERIES.move_trainings), number, month)
    await connection.execute(QUERIES.forget_touched)


async def record_facts(connection: Connection, folded: Folded, number: int, month: int) -> None:
    """The batch's own items and trainings."""
    await connection.execute(QUERIES.record_speakers)
    crowded = await connection.fetchval(QUERIES.is_crowded)
    if crowded:
        await connection.execute(QUERIES.before_contested)
    await change_facts(connection, (QUERIES.merge_items, QUERIES.merge_trainings), number, month)
    if crowded:
        doubled = await connection.fetch(QUERIES.list_doubled)
        await links.record_pseudonyms(connection, folded, [row["msme"] for row in doubled])
        await connection.execute(QUERIES.tell_contested, number)


async def change_facts(connection: Connection, changes: tuple[str, ...], number: int, month: int) -> None:
    """Items and trainings together, as who is trained and an exporter follows from both."""
    for name in (*NUMBERS, *ELSEWHERE):
        await connection.execute(QUERIES[f"before_{name}"])
    for change in changes:
        await connection.execute(change)
    for name in NUMBERS:
        await connection.execute(QUERIES[f"tell_{name}"], number, month)
    for name in ELSEWHERE:
        await connection.execute(QUERIES[f"tell_{name}"], number)


async def recount(connection: Connection, number: int, month: int) -> None:
    """Count everything anew from the facts: groups of MSMEs, then every cell. Under the merge lock."""
    await connection.execute(QUERIES.counting_tables)
    if await links.regroup(connection, await connection.fetchval(links.QUERIES.list_ends)):
        await record_moves(connection, number, month)
    names = (*NUMBERS, *ELSEWHERE, "contested")
    for first, last in links.ranges():
        for name in names:
            await connection.execute(QUERIES[f"count_{name}"], first, last)
    for name in names:
        await connection.execute(QUERIES[f"settle_{name}"], number)
