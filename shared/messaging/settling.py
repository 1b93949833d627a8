"""How a batch is brought home: a heard batch comes in; it is applied, or where to fetch again goes out.

The database or the broker away: back off and try again. A record that the database refuses: found by halving, on fresh connections,
quarantined alone. A surprise in our own code: tried again and said, never blamed on the publisher.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from shared.events.reasons import Refused
from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.decode import reject
from shared.messaging.renewed import Renewed
from shared.postgres import errors
from shared.postgres.positions import Partition, PositionMoved
from shared.runtime.pulse import Pulse

log = structlog.get_logger(__name__)
RETRY_SECONDS = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 10.0, 10.0)  # then the batch is given back and fetched anew


@dataclass(slots=True)
class Settler:
    """`gives_up` says that somebody waits for our partitions; `applied` is told of every batch that was committed."""

    applier: Applier
    pulse: Pulse
    gives_up: Callable[[], bool]
    applied: Callable[[Batch, Heard], None]

    async def settle(self, batch: Batch, heard: Heard) -> Mapping[Partition, int]:
        """Try until applied (nothing comes back), moved elsewhere, or given back: then where to fetch again."""
        for delay in RETRY_SECONDS:
            try:
                await self.apply(batch, heard)
                return {}
            except PositionMoved as moved:
                self.pulse.dropped()
                log.warning("position_moved", stored={f"{topic}/{number}": offset for (topic, number), offset in moved.stored.items()})
                return {**batch.begins, **moved.stored}
            except Renewed as renewed:
                self.pulse.renewed(restored=renewed.restored)
                log.warning("database_is_another", restored=renewed.restored)
            except Exception as error:
                passing = errors.is_passing(error)
                self.pulse.failed(error, passing=passing)
                log.warning("batch_failed", error=repr(error)[:300], passing=passing, retry_seconds=delay)
                await asyncio.sleep(delay)
                if self.gives_up():
                    break
        return batch.begins

    async def apply(self, batch: Batch, heard: Heard) -> None:
        try:
            await self.applier.apply_batch(batch, heard)
        except Exception as error:
            if not errors.is_data(error):
                raise
            await self.halve(batch, error)
            return
        self.pulse.beat(len(batch.records), batch.records[-1].timestamp)
        self.applied(batch, heard)

    async def halve(self, batch: Batch, error: Exception) -> None:
        """Some record is at fault: halve until it is alone, then it is quarantined, and its neighbours are not."""
        await self.applier.pool.expire_connections()
        if len(batch.records) > 1:
            for part in halves(batch, len(batch.records) // 2):
                await self.apply(part, await self.applier.hear(part))
            return
        record = batch.records[0]
        log.error("record_refused_by_database", topic=record.topic, offset=record.offset, error=repr(error)[:300])
        refused = Refused("apply-failed", "", "a value that the database takes", repr(error)[:200])
        heard = await self.applier.hear(batch, {0: reject(record, refused)})
        await self.applier.apply_batch(batch, heard)
        self.applied(batch, heard)


def halves(batch: Batch, half: int) -> list[Batch]:
    """Two batches, one after the other, that together are this one."""
    middle = dict(batch.begins)
    for record in batch.records[:half]:
        middle[record.topic, record.partition] = record.offset + 1
    last = {(record.topic, record.partition) for record in batch.records[half:]}
    middle = {partition: offset if partition in last else batch.ends[partition] for partition, offset in middle.items()}
    parts = [(batch.records[:half], batch.begins, middle), (batch.records[half:], middle, batch.ends)]
    return [Batch(records, *within(records, begins, ends)) for records, begins, ends in parts]


def within(
    records: Any, begins: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> tuple[dict[Partition, int], dict[Partition, int]]:
    """Only the partitions that these records are of."""
    present = {(record.topic, record.partition) for record in records}
    return {p: begins[p] for p in present}, {p: ends[p] for p in present}
