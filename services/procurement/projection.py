"""What procurement knows: staged rows come in under the lock, facts and the numbers they make are brought to their newest state.

Every change to a number happens the same way: touch what may change, keep its numbers as they are, change the facts, tell the
difference. Links first, so that the batch's own matches meet the units as they are now; awards before budgets are told, since a
budget's number rests on what its buyer's awards spend.
"""

from collections.abc import Mapping
from pathlib import Path

from services.procurement.model import AWARD, BUDGET, MATCH
from shared.identity import links
from shared.messaging.fold import Fact, Folded
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
JUDGES = {AWARD: QUERIES.judge_awards, BUDGET: QUERIES.judge_budgets, MATCH: QUERIES.judge_matches}
TOUCHES = (QUERIES.touch_awards, QUERIES.touch_buyers, QUERIES.touch_matches, QUERIES.touch_partners, QUERIES.touch_enterprises)
COUNTS = (QUERIES.count_awards, QUERIES.count_matches, QUERIES.count_partners, QUERIES.count_contested)
SETTLES = (
    QUERIES.settle_awards,
    QUERIES.settle_budgets,
    QUERIES.settle_matches,
    QUERIES.settle_partners,
    QUERIES.settle_partner_forums,
    QUERIES.settle_partner_kinds,
    QUERIES.settle_enterprises,
    QUERIES.settle_contested,
)


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
    for fact, judge in JUDGES.items():
        if fact in folded.entries:
            told[fact] = await connection.fetchval(judge)
    if JUDGES.keys() & folded.entries.keys():
        await record_facts(connection, folded, number, month)
    return told


async def record_moves(connection: Connection, number: int, month: int) -> None:
    """MSMEs go over to their new units, with all their matches."""
    await connection.execute(QUERIES.touch_moved_partners)
    await connection.execute(QUERIES.before_partners)
    await connection.execute(QUERIES.move_matches)
    await connection.execute(QUERIES.tell_partners, number, month)
    await connection.execute(QUERIES.forget_partners)


async def record_facts(connection: Connection, folded: Folded, number: int, month: int) -> None:
    """The batch's own awards, budgets and matches."""
    for touch in TOUCHES:
        await connection.execute(touch)
    await connection.execute(QUERIES.before_contested)
    if AWARD in folded.entries or BUDGET in folded.entries:
        await change_awards(connection, number, month)
    if MATCH in folded.entries:
        await change_matches(connection, number, month)
    await connection.execute(QUERIES.tell_contested, number)


async def change_awards(connection: Connection, number: int, month: int) -> None:
    await connection.execute(QUERIES.before_awards)
    await connection.execute(QUERIES.before_budgets)
    await connection.execute(QUERIES.merge_awards)
    await connection.execute(QUERIES.merge_budgets)
    await connection.execute(QUERIES.tell_awards, number, month)
    await connection.execute(QUERIES.tell_budgets, number, month)


async def change_matches(connection: Connection, number: int, month: int) -> None:
    await connection.execute(QUERIES.before_matches)
    await connection.execute(QUERIES.before_partners)
    await connection.execute(QUERIES.before_enterprises)
    await connection.execute(QUERIES.merge_matches)
    await connection.execute(QUERIES.tell_matches, number, month)
    await connection.execute(QUERIES.tell_partners, number, month)


async def recount(connection: Connection, number: int, month: int) -> None:
    """Count everything anew from the facts: groups of MSMEs, then every cell. Under the merge lock."""
    await connection.execute(QUERIES.counting_tables)
    if await links.regroup(connection, await connection.fetchval(links.QUERIES.list_ends)):
        await record_moves(connection, number, month)
    for first, last in links.ranges():
        for count in COUNTS:
            await connection.execute(count, first, last)
    await connection.execute(QUERIES.settle_buyer_years)
    for count in (QUERIES.count_enterprises, QUERIES.count_budgets, QUERIES.count_contested_budgets):
        await connection.execute(count)
    for settle in SETTLES:
        await connection.execute(settle, number)
