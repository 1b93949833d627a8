"""Where partitions were read to: a batch's beginning comes in, and either agrees with the database or the batch is not applied.

Both run under the merge lock, in the transaction that applies the batch: a batch is applied once, whatever is killed when.
"""

from collections.abc import Mapping, Sequence

from shared.postgres.connection import Connection, Pool

Partition = tuple[str, int]  # topic, partition

STORED = """select topic, partition, next_offset from position
join unnest($1::text[], $2::int[]) as asked(topic, partition) using (topic, partition)"""
MOVE = """insert into position select * from unnest($1::text[], $2::int[], $3::bigint[])
on conflict (topic, partition) do update set next_offset = excluded.next_offset"""
HEAR = """insert into heard(topic, partition, from_offset, next_offset, checksums)
select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bytea[])"""


# A row that somebody removed comes back from what was heard: read from the beginning again, every record would be counted twice.
BEGIN = """with begun as (
  insert into position select topic, partition, coalesce(
    (select max(heard.next_offset) from heard where (heard.topic, heard.partition) = (new.topic, new.partition)), new.next_offset)
  from unnest($1::text[], $2::int[], $3::bigint[]) as new(topic, partition, next_offset)
  on conflict do nothing returning topic, partition, next_offset)
select topic, partition, next_offset from begun
union select topic, partition, next_offset
from position join unnest($1::text[], $2::int[]) as asked(topic, partition) using (topic, partition)"""


class PositionMoved(Exception):
    """The batch does not begin where the database is: it was applied already, or records were skipped."""

    def __init__(self, stored: Mapping[Partition, int]) -> None:
        super().__init__(f"positions in the database: {dict(stored)}")
        self.stored = stored


async def get_positions(connection: Connection | Pool, partitions: Sequence[Partition]) -> dict[Partition, int]:
    """The next offset of those partitions that are known."""
    rows = await connection.fetch(STORED, [topic for topic, _ in partitions], [partition for _, partition in partitions])
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def begin(pool: Pool, beginnings: Mapping[Partition, int]) -> dict[Partition, int]:
    """Give partitions never seen their first position, before anything of them is applied; what another replica gave stands."""
    topics, numbers = [topic for topic, _ in beginnings], [partition for _, partition in beginnings]
    rows = await pool.fetch(BEGIN, topics, numbers, list(beginnings.values()))
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def check(connection: Connection, begins: Mapping[Partition, int]) -> None:
    """Refuse a batch that does not begin at the stored positions; a partition never seen begins where it begins."""
    stored = await get_positions(connection, list(begins))
    moved = {partition: offset for partition, offset in stored.items() if begins[partition] != offset}
    if moved:
        raise PositionMoved(moved)


async def move(
    connection: Connection, begins: Mapping[Partition, int], ends: Mapping[Partition, int], checksums: Mapping[Partition, bytes]
) -> None:
    """Store where the batch ended, and the checksums of what it was made of."""
    topics, numbers = [topic for topic, _ in ends], [partition for _, partition in ends]
    await connection.execute(MOVE, topics, numbers, list(ends.values()))
    await connection.execute(
        HEAR, topics, numbers, [begins[key] for key in ends], list(ends.values()), [checksums.get(key, b"") for key in ends]
    )
