"""What reporting knows: what a batch says comes in under the lock, and every figure that changes by it is published.

All functions run in the caller's transaction. Figures move only here: at a watermark, an observation, a target, a changed
registry of publishers, or a new day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from services.reporting import indicators, knowledge, messages
from services.reporting.figures import headline
from services.reporting.figures.known import Known
from services.reporting.messages import Cell, Watermark, newest_of
from services.reporting.model import OBSERVATION, TARGET
from shared.events import topics
from shared.messaging.fold import Fact, Folded
from shared.postgres import queries
from shared.postgres.connection import Connection
from shared.runtime import clock

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
CHANGES_KEPT = 100_000
CELLS_OF, REJECTED_OF = topics.cells(""), topics.rejected("")


async def prepare(connection: Connection) -> None:
    """A new connection gets its temporary tables."""
    await connection.execute(QUERIES.temporary_tables)


async def record(connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:  # noqa: ARG001
    """Record a batch; two letters a staged row of each fact come back. What becomes visible is published in the same transaction."""
    letters = await record_facts(connection, folded)
    is_visible = bool(letters)
    for service, values in by_sender(folded, CELLS_OF).items():
        is_visible |= await record_cells(connection, messages.read_cells(service, values))
    for publisher, values in by_sender(folded, REJECTED_OF).items():
        await record_rejected(connection, messages.read_refusals(publisher, values))
    if is_visible:
        await publish(connection, today())
    else:
        await note(connection)
    return letters


def today() -> date:
    """The day in Indonesia."""
    return clock.now().astimezone(clock.JAKARTA).date()


def by_sender(folded: Folded, prefix: str) -> dict[str, list[bytes | None]]:
    """Records that no publisher sent, by the last part of their topic."""
    values: dict[str, list[bytes | None]] = {}
    for record in folded.overheard:
        if record.topic.startswith(prefix):
            values.setdefault(record.topic.removeprefix(prefix), []).append(record.value)
    return values


async def recount(connection: Connection, number: int, month: int) -> None:  # noqa: ARG001
    """Everything anew: who counts and who leads has changed."""
    await publish(connection, today())


async def record_cells(connection: Connection, told: Sequence[Cell | Watermark]) -> bool:
    """Messages of one service in their order; True where a watermark made something visible.

    Of several watermarks only the last matters: what came before it is whole.
    """
    last = max((place for place, message in enumerate(told) if isinstance(message, Watermark)), default=-1)
    await keep_pending(connection, told[: last + 1])
    closed = last >= 0 and await record_watermark(connection, told[last])
    await keep_pending(connection, told[last + 1 :])
    return closed


async def keep_pending(connection: Connection, told: Sequence[Cell | Watermark]) -> None:
    cells = newest_of(message for message in told if isinstance(message, Cell))
    if cells:
        await connection.execute(QUERIES.stage_cells, *columns(cells))
        await connection.execute(QUERIES.keep_pending)
        await connection.execute(QUERIES.empty_stage)


def columns(cells: Sequence[Cell]) -> list[list[Any]]:
    """Cells as columns; keys as JSON and measures as an array's text, since a column cannot hold arrays of several lengths."""
    rows = [
        (*row[:2], orjson.dumps(row[2]).decode(), *row[3:6], f"{{{','.join(map(str, row[6]))}}}", *row[7:])
        for row in (c.row for c in cells)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


async def record_watermark(connection: Connection, watermark: Cell | Watermark) -> bool:
    """Let through what waited, unless something newer waits too: then that flush's own watermark will."""
    assert isinstance(watermark, Watermark)
    version = (watermark.service, watermark.generation, watermark.number)
    if not await connection.fetchval(QUERIES.is_covered, *version):
        return False
    if watermark.full:
        await connection.execute(QUERIES.retire_cells, *version)
    await connection.execute(QUERIES.apply_pending, watermark.service)
    newest, positions = (orjson.dumps(part).decode() for part in (dict(watermark.newest), dict(watermark.positions)))
    await connection.execute(QUERIES.record_watermark, *version, newest, positions)
    return True


async def record_facts(connection: Connection, folded: Folded) -> Mapping[Fact, str]:
    """Staged observations and targets; two letters a row of each fact come back."""
    letters: dict[Fact, str] = {}
    if OBSERVATION in folded.entries:
        letters[OBSERVATION] = await connection.fetchval(QUERIES.judge_observations)
        await connection.execute(QUERIES.merge_observations)
    if TARGET in folded.entries:
        letters[TARGET] = await connection.fetchval(QUERIES.judge_targets)
        await connection.execute(QUERIES.merge_targets)
    return letters


async def record_rejected(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    await connection.executemany(QUERIES.record_rejected, rows)


async def publish(connection: Connection, today: date) -> int:
    """Work every figure out anew, publish those that changed; returns the number of the newest change."""
    known = await knowledge.get_known(connection, today)
    told = {row["indicator"]: row["figure"] for row in await connection.fetch(QUERIES.list_figures)}
    changed = {name: figure for name, figure in figures(known).items() if told.get(name) != figure}
    head = await connection.fetchrow(QUERIES.advance, len(changed), today)
    assert head is not None
    newest: int = head["seq"]
    if changed:
        numbers = list(range(newest - len(changed) + 1, newest + 1))
        columns = (list(changed), numbers, list(changed.values()))
        await connection.execute(QUERIES.publish, *columns)
        await connection.execute(QUERIES.record_changes, *columns)
        await connection.execute(QUERIES.forget_changes, newest - CHANGES_KEPT)
    return newest


def figures(known: Known) -> dict[str, str]:
    """The object of every indicator as text: ours in their place, then whatever else is observed, by name."""
    others = sorted({name for name in known.observations if known.observed(name)} - set(indicators.load()))
    wanted = [*indicators.load().values(), *map(indicators.of, others)]
    return {indicator.id: orjson.dumps(headline.figure(indicator, known)).decode() for indicator in wanted}


async def note(connection: Connection) -> None:
    """Answers other than figures changed (receipts, refusals): a new revision, no change of a figure nor of the day they are of."""
    await connection.execute(QUERIES.advance, 0, date.min)
