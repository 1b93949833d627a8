"""What onboarding knows: staged rows come in under the lock, facts and the numbers they make are brought to their newest state.

Every change to a number happens the same way: touch the units, keep their numbers as they are, change the facts, tell the
difference. Links first, so that the batch's own facts meet the units as they are now.
"""

from collections.abc import Mapping
from pathlib import Path

from services.onboarding.model import LISTING, TRADING
from shared.identity import links
from shared.messaging.fold import Fact, Folded
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))


async def prepare(connection: Connection) -> None:
    """A new connection gets its temporary tables."""
    await connection.execute(links.QUERIES.temporary_tables)
    await connection.execute(QUERIES.temporary_tables)


async def record(connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
    """Record a batch; two letters a staged row of each fact come back."""
    letters, moves = await links.record_links(connection, folded, number, contests=True)
    if moves:
        await record_moves(connection, number, month)
    told = dict(letters)
    if LISTING in folded.entries:
        told[LISTING] = await connection.fetchval(QUERIES.judge_listings)
    if TRADING in folded.entries:
        told[TRADING] = await connection.fetchval(QUERIES.judge_trading)
    if LISTING in folded.entries or TRADING in folded.entries:
        await record_facts(connection, folded, number, month)
    return told


async def record_moves(connection: Connection, number: int, month: int) -> None:
    """MSMEs go over to their new units, with all they have."""
    await connection.execute(QUERIES.touch_moved_listings)
    await connection.execute(QUERIES.touch_moved_trading)
    await connection.execute(QUERIES.touch_merchants)
    await connection.execute(QUERIES.before_contested_merchants)
    await change_listings(connection, QUERIES.move_listings, number, month)
    await change_trading(connection, QUERIES.move_trading, number, month)
    await connection.execute(QUERIES.tell_contested, number, False)
    for statement in (QUERIES.forget_listings, QUERIES.forget_trading, QUERIES.forget_contested):
        await connection.execute(statement)


async def record_facts(connection: Connection, folded: Folded, number: int, month: int) -> None:
    """The batch's own listings and months of trading."""
    await connection.execute(QUERIES.record_speakers)
    await connection.execute(QUERIES.touch_listings)
    await connection.execute(QUERIES.touch_trading)
    crowded = await connection.fetchval(QUERIES.is_crowded)
    await connection.execute(QUERIES.touch_merchants)
    await connection.execute(QUERIES.before_contested_merchants)
    if crowded:
        await connection.execute(QUERIES.before_contested_listings)
    if LISTING in folded.entries:
        await change_listings(connection, QUERIES.merge_listings, number, month)
    if TRADING in folded.entries:
        await change_trading(connection, QUERIES.merge_trading, number, month)
    if crowded:
        doubled = await connection.fetch(QUERIES.list_doubled)
        await links.record_pseudonyms(connection, folded, [row["msme"] for row in doubled])
    await connection.execute(QUERIES.tell_contested, number, crowded)


async def change_listings(connection: Connection, change: str, number: int, month: int) -> None:
    await connection.execute(QUERIES.before_listings)
    await connection.execute(change)
    await connection.execute(QUERIES.tell_listings, number, month)


async def change_trading(connection: Connection, change: str, number: int, month: int) -> None:
    await connection.execute(QUERIES.before_trading)
    await connection.execute(QUERIES.before_sellers)
    await connection.execute(change)
    await connection.execute(QUERIES.tell_trading, number, month)
    await connection.execute(QUERIES.tell_sellers, number, month)


async def recount(connection: Connection, number: int, month: int) -> None:
    """Count everything anew from the facts: groups of MSMEs, then every cell. Under the merge lock."""
    await connection.execute(QUERIES.counting_tables)
    if await links.regroup(connection, await connection.fetchval(links.QUERIES.list_ends)):
        await record_moves(connection, number, month)
    for first, last in links.ranges():
        for statement in (QUERIES.count_listings, QUERIES.count_trading, QUERIES.count_sellers, QUERIES.count_contested):
            await connection.execute(statement, first, last)
    await links.count_contested(connection)
    for statement in (QUERIES.settle_listings, QUERIES.settle_trading, QUERIES.settle_sellers, QUERIES.settle_contested):
        await connection.execute(statement, number)
