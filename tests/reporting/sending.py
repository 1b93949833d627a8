"""What services and publishers tell reporting, written down briefly: messages, events, and batches of them applied as the consumer does."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from services.reporting import messages, model, projection
from services.reporting.indicators import CELLS
from services.reporting.messages import Cell, Watermark
from shared.events.envelope import Event
from shared.events.observations import IndicatorObserved, TargetSet
from shared.messaging.fold import Folded
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from tests.reporting.knowledge import TODAY

ADMIT = """insert into publisher(publisher, name, rank, counted, links_counted)
select code, name, $2, $3, true from code where name = $1
on conflict (publisher) do update set rank = excluded.rank, counted = excluded.counted"""


def cell(service: str, kind: str, key: Sequence[str | None], number: int, generation: int = 1, **measures: int) -> Cell | Watermark:
    told = [str(measures.get(name, 0)) for name in CELLS[kind].measures]
    value = {"kind": kind, "key": list(key), "measures": told, "generation": generation, "number": number}
    (message,) = messages.read_cells(service, [orjson.dumps(value)])
    return message


def watermark(service: str, number: int, generation: int = 1, **newest: int) -> Watermark:
    return Watermark(service, generation, number, {fact: str(time_ns) for fact, time_ns in newest.items()}, {})


async def tell(connection: Connection, *told: Cell | Watermark, today: date = TODAY) -> None:
    """Messages of one service, as one batch."""
    async with connection.transaction():
        if await projection.record_cells(connection, told):
            await projection.publish(connection, today)


def observed(indicator: str, period: str, value: str, time: int = 1, publisher: str = "statistics", **more: Any) -> Event:
    data = {"indicator": indicator, "period": period, "value": value, "unit": "unit", "stated_by": f"stated by {publisher}", **more}
    return event(IndicatorObserved, data, time, publisher)


def aimed(indicator: str, version: str, value: str, time: int = 1, publisher: str = "statistics", **more: Any) -> Event:
    data = {"indicator": indicator, "version": version, "set_on": "2022-01-01", "value": value, "due": "2024-12-31", **more}
    return event(TargetSet, data, time, publisher)


def event(kind: type[IndicatorObserved] | type[TargetSet], data: dict[str, Any], time: int, publisher: str) -> Event:
    time_ns = 1_700_000_000_000_000_000 + time * 10**9
    digest = hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).digest()
    return Event(publisher, "observations", kind.type, f"id-{time}", time_ns, time_ns, time_ns // 10**6, kind.model_validate(data), digest)


async def state(pool: Pool, *events: Event, today: date = TODAY, ranks: dict[str, int] | None = None) -> list[str]:
    """A batch of observations and targets; what became of each."""
    codes, folded = Codes(), Folded()
    for index, each in enumerate(events):
        folded.add(index, model.decide(each))
    await codes.learn(pool, {each.publisher for each in events})
    for name in {each.publisher for each in events}:
        await pool.execute(ADMIT, name, (ranks or {}).get(name, 2**31 - 1), True)
    outcomes = [""] * len(events)
    rows = {fact: await codes.translate(pool, folded.rows(fact), fact.coded_positions) for fact in folded.entries}
    async with pool.acquire() as connection, connection.transaction():
        for fact, records in rows.items():
            await connection.copy_records_to_table(f"stage_{fact.name}", records=records, columns=fact.columns)
        for fact, letters in (await projection.record_facts(connection, folded)).items():
            for index, outcome in folded.outcomes(fact, letters):
                outcomes[index] = outcome
        await projection.publish(connection, today)
    return outcomes


async def figures(connection: Connection) -> dict[str, Any]:
    """Every figure as published."""
    return {row["indicator"]: orjson.loads(row["figure"]) for row in await connection.fetch("select indicator, figure from figure")}
