"""Topics that somebody deletes: ours are made and filled again by themselves, a publisher's is never read on as if it were the old one."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from confluent_kafka.admin import AdminClient

from deploy.local import ask, services
from services.onboarding.app import ROOMS
from shared.events import topics
from shared.repair import accept
from shared.runtime.settings import Settings
from tests.faults import fleet, ground, reading
from tests.faults.running import Running, system
from tests.faults.sending import Publishing
from tests.faults.waiting import until
from tests.oracle.examples import onboarded
from tests.oracle.sending import binary

SHOP = "shop-a"
RIGHT_SECONDS, SEEN_SECONDS = 60.0, 30.0
HEARD = "select sum(next_offset)::int from position where topic = $1"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    with ground.private_folder() as private:
        async with system(private, of=("onboarding", "reporting"), letters=("a",), naive=False) as ready:
            yield ready


async def publish(running: Running, sellers: range, shop: str = SHOP) -> None:
    publishing = Publishing(running.broker.bootstrap)
    for number in sellers:
        publishing.send(binary(onboarded(shop, number, "2025-01-05")))
    await publishing.until_acknowledged()


async def delete(running: Running, *names: str) -> AdminClient:
    admin = AdminClient({"bootstrap.servers": running.broker.bootstrap, "log_level": 0})
    for deleted in admin.delete_topics(list(names)).values():
        await asyncio.to_thread(deleted.result, 30)
    return admin


async def onboarded_figure(running: Running) -> int | None:
    answer = await ask.get(f"{running.fleet.replicas['reporting-a'].address}/v1/progress/onboarded")
    return None if answer is None else int(json.loads(answer[1])["value"] or 0)


async def is_right(running: Running, sellers: int) -> bool:
    async def settles() -> bool:
        return await onboarded_figure(running) == sellers and not await fleet.unready(list(running.fleet.products()))

    return await until(settles, RIGHT_SECONDS, 0.5)


async def test_what_we_tell_is_told_again_where_somebody_deleted_it(running: Running) -> None:
    await publish(running, range(20))
    assert await is_right(running, 20)
    await delete(running, topics.cells("onboarding"), topics.PROGRESS.address)
    await publish(running, range(20, 25))
    assert await is_right(running, 25), await fleet.unready(list(running.fleet.products()))

    async def is_told() -> bool:
        newest = await asyncio.to_thread(reading.newest, running.broker.bootstrap, topics.PROGRESS.address)
        figure = json.loads(newest.get(b"onboarded") or b"{}")
        return figure.get("value") == 25 and b"credit_share" in newest

    assert await until(is_told, SEEN_SECONDS, 0.5)


async def test_a_publishers_topic_made_anew_and_longer_than_before_is_not_read_on_until_somebody_decides(running: Running) -> None:
    topic = topics.inbound("onboarding", "shop-b")
    await publish(running, range(100, 110), "shop-b")
    assert await is_right(running, 35)
    admin = await delete(running, topic)

    async def is_gone() -> bool:
        return topic not in (await asyncio.to_thread(admin.list_topics, timeout=10)).topics

    assert await until(is_gone, SEEN_SECONDS)
    await publish(running, range(200, 300), "shop-b")

    async def says_so() -> bool:
        return any("made anew" in line for line in await fleet.unready(list(running.fleet.products())))

    assert await until(says_so, SEEN_SECONDS), await fleet.unready(list(running.fleet.products()))
    assert (await running.database.fetch(HEARD, topic, database="onboarding"))[0][0] == 10
    await publish(running, range(25, 30))

    async def goes_on() -> bool:
        return await onboarded_figure(running) == 40

    assert await until(goes_on, RIGHT_SECONDS, 0.5)
    database = running.database.dsn("onboarding")
    settings = Settings(kafka=running.broker.bootstrap, publishers=services.PUBLISHERS, database=database, port=0, unregistered="count")
    moves = await accept.accept(ROOMS, settings, topic)
    assert {now for _, now in moves.values()} == {0}
    assert await is_right(running, 140), await fleet.unready(list(running.fleet.products()))
