"""What one would write first: `python -m benchmarks.naive`. In: one topic; out: a table and its totals, one handler and one
transaction a message.

It does less than the service (no outcomes, no distinct MSMEs, no quarantine, no positions): it is here to be compared with.
In: DENYUT_KAFKA, DENYUT_DATABASE, DENYUT_TOPIC. Runs until SIGTERM.
"""

import asyncio
import os
from datetime import datetime

import asyncpg
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage
from pydantic import BaseModel

TABLES = """
create table naive_listing(msme_id text, platform text, merchant_id text, province text, role text, scale text, at timestamptz,
  primary key (msme_id, platform, merchant_id));
create table naive_total(province text, role text, scale text, platform text, listings bigint,
  primary key (province, role, scale, platform));
create table naive_seen(partition int primary key, records bigint not null)"""
FIND = "select province, role, scale, at from naive_listing where msme_id = $1 and platform = $2 and merchant_id = $3 for update"
MERGE = """insert into naive_listing values ($1, $2, $3, $4, $5, $6, $7) on conflict (msme_id, platform, merchant_id)
do update set province = excluded.province, role = excluded.role, scale = excluded.scale, at = excluded.at"""
COUNT = """insert into naive_total as told values ($1, $2, $3, $4, $5) on conflict (province, role, scale, platform)
do update set listings = told.listings + excluded.listings"""
SEE = "insert into naive_seen as seen values ($1, 1) on conflict (partition) do update set records = seen.records + 1"


class Listing(BaseModel):
    """The whole profile of a listing."""

    msme_id: str
    platform: str
    merchant_id: str
    province: str
    role: str
    scale: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.msme_id, self.platform, self.merchant_id

    @property
    def profile(self) -> tuple[str, str, str]:
        return self.province, self.role, self.scale


async def record(connection: "asyncpg.Connection[asyncpg.Record]", listing: Listing, at: datetime, partition: int) -> None:
    """The newest profile stands, and the totals follow."""
    async with connection.transaction():
        known = await connection.fetchrow(FIND, *listing.key)
        if known is None or at > known["at"]:
            await connection.execute(MERGE, *listing.key, *listing.profile, at)
            if known is not None:
                await connection.execute(COUNT, known["province"], known["role"], known["scale"], listing.platform, -1)
            await connection.execute(COUNT, *listing.profile, listing.platform, 1)
        await connection.execute(SEE, partition)


async def main() -> None:
    connection = await asyncpg.connect(os.environ["DENYUT_DATABASE"], timeout=10)
    await connection.execute(TABLES)
    broker = KafkaBroker(os.environ["DENYUT_KAFKA"], client_id="naive")

    @broker.subscriber(os.environ["DENYUT_TOPIC"], group_id="naive", auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def on_listing(listing: Listing, message: KafkaMessage) -> None:
        at = datetime.fromisoformat(message.headers["ce_time"])
        await record(connection, listing, at, message.raw_message.partition)  # type: ignore[union-attr]  # not a batch

    await FastStream(broker).run()


if __name__ == "__main__":
    asyncio.run(main())
