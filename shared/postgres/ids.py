"""Which topics were read: names with the ids that Kafka has for them come in; those that are other topics now go out.

Offsets of a topic that was deleted mean nothing in the one that was made anew under its name.
"""

from collections.abc import Collection, Mapping

from shared.postgres.connection import Connection, Pool

LEARN = "insert into topic select * from unnest($1::text[], $2::text[]) on conflict (topic) do nothing"
MADE_ANEW = "select topic from topic join unnest($1::text[], $2::text[]) as now(topic, id) using (topic) where topic.id <> now.id"
FOLLOW = "update topic set id = $2 where topic = $1"
START_OVER = """update position set next_offset = now.next_offset
from unnest($1::text[], $2::int[], $3::bigint[]) as now(topic, partition, next_offset)
where (position.topic, position.partition) = (now.topic, now.partition)"""
FORGET_HEARD = """delete from heard using unnest($1::text[], $2::int[]) as gone(topic, partition)
where (heard.topic, heard.partition) = (gone.topic, gone.partition)"""


async def list_made_anew(pool: Pool, ids: Mapping[str, str]) -> Collection[str]:
    """Those whose id is not the one that was seen first; topics never seen are remembered."""
    if not ids:
        return ()
    columns = list(ids), list(ids.values())
    await pool.execute(LEARN, *columns)
    return {row["topic"] for row in await pool.fetch(MADE_ANEW, *columns)}


async def start_over(connection: Connection, beginnings: Mapping[tuple[str, int], int], ids: Mapping[str, str]) -> None:
    """These partitions are read from there, and what was heard of the log before is forgotten: it is not there to be compared with.

    Under the merge lock only: a batch that is being applied would put its own position there.
    """
    topics, numbers = [topic for topic, _ in beginnings], [partition for _, partition in beginnings]
    await connection.execute(START_OVER, topics, numbers, list(beginnings.values()))
    await connection.execute(FORGET_HEARD, topics, numbers)
    await connection.executemany(FOLLOW, list(ids.items()))
