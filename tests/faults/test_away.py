"""One service whose servers are taken away: what its probes say, that it leaves in time, and that nobody's records stop another's."""

import json
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

from deploy.local import ask, child, services
from tests.faults import ground, odd
from tests.faults.fleet import Replica, is_ready
from tests.faults.running import Running, system
from tests.faults.sending import Publishing
from tests.faults.waiting import until
from tests.oracle.examples import onboarded
from tests.oracle.sending import binary

SEEN_SECONDS = 30.0
BACK_SECONDS = 90.0
LEAVE_SECONDS = 20.0
BAD = 250
HEARD = "select coalesce(sum(applied + repeated + superseded + conflicted + quarantined), 0)::int from outcome where publisher = $1"
TAKEN = "select sum(applied)::int, sum(quarantined)::int from outcome where publisher = $1"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    with ground.private_folder() as private:
        async with system(private, of=("onboarding",), letters=("a",), naive=False) as ready:
            yield ready


@pytest.fixture
async def replica(running: Running) -> AsyncIterator[Replica]:
    """Ready, with its servers; whatever a test took away is there again afterwards."""
    found = running.fleet.replicas["onboarding-a"]
    assert await until(lambda: is_ready(found), BACK_SECONDS), await why_not(found)
    yield found
    found.wanted = True
    give_back(running, found)


def take_away(running: Running, replica: Replica) -> None:
    replica.network.black_hole()
    running.broker.proxies[replica.letter].black_hole()


def give_back(running: Running, replica: Replica) -> None:
    for proxy in (replica.network, running.broker.proxies[replica.letter]):
        proxy.cut()
        proxy.heal()


async def why_not(replica: Replica) -> str:
    return services.why_not(await ask.get(f"{replica.address}/readyz"))


async def lives(replica: Replica) -> bool:
    answer = await ask.get(f"{replica.address}/healthz")
    return answer is not None and answer[0] == 200


@pytest.mark.parametrize("away", ["database", "kafka"])
async def test_readiness_says_what_is_away_and_liveness_does_not_mind(running: Running, replica: Replica, away: str) -> None:
    proxy = replica.network if away == "database" else running.broker.proxies[replica.letter]
    proxy.black_hole()

    async def says_so() -> bool:
        return f"{away} is away" in await why_not(replica)

    assert await until(says_so, SEEN_SECONDS), await why_not(replica)
    assert await lives(replica)
    proxy.heal()
    assert await until(lambda: is_ready(replica), BACK_SECONDS), await why_not(replica)


@pytest.mark.parametrize("when", ["at work", "at its start"])
async def test_it_leaves_in_time_while_both_servers_are_away(running: Running, replica: Replica, when: str) -> None:
    take_away(running, replica)
    if when == "at its start":
        await begin_anew(replica)
    replica.wanted, process = False, replica.process
    assert process is not None
    began = monotonic()
    await child.stop(process, signal.SIGTERM, LEAVE_SECONDS + 5)
    assert monotonic() - began < LEAVE_SECONDS
    assert process.process.returncode != -signal.SIGKILL


async def begin_anew(replica: Replica) -> None:
    """Killed and started again: it is still waiting for its servers when this returns."""
    before = replica.process
    replica.send(signal.SIGKILL)

    async def is_another() -> bool:
        return replica.process is not None and replica.process is not before and "database_is_away" in replica.process.said()

    assert await until(is_another, SEEN_SECONDS)


@pytest.mark.parametrize("codec", [None, "gzip", "snappy", "lz4", "zstd"])
async def test_a_header_whose_name_is_no_text_stops_nothing(running: Running, replica: Replica, codec: str | None) -> None:
    shop = f"shop-{codec or 'plain'}"
    told = [binary(onboarded(shop, number, "2025-01-05")) for number in range(5)]
    await odd.send(running.broker.bootstrap, told, codec)
    await publish(running, shop, 6)
    assert await heard(running, shop, 11), await why_not(replica)
    assert await running.database.fetch(TAKEN, shop, database="onboarding") == [(6, 0)]


async def test_a_publisher_whose_records_are_mostly_bad_waits_and_harms_no_other(running: Running, replica: Replica) -> None:
    publishing = Publishing(running.broker.bootstrap)
    for _ in range(BAD):
        publishing.send(replace(binary(onboarded("shop-bad", 1, "2025-01-05")), value=b"{"))
    await publishing.until_acknowledged()

    async def is_said() -> bool:
        return bool((await readiness(replica))["paused"])

    assert await until(is_said, SEEN_SECONDS, 0.1)
    assert await is_ready(replica)
    await publish(running, "shop-good", 3)
    assert await heard(running, "shop-good", 3)
    await publish(running, "shop-bad", 2)
    assert await heard(running, "shop-bad", BAD + 2)
    assert await running.database.fetch(TAKEN, "shop-bad", database="onboarding") == [(2, BAD)]

    async def goes_on() -> bool:
        return not (await readiness(replica))["paused"]

    assert await until(goes_on, SEEN_SECONDS)


async def readiness(replica: Replica) -> dict[str, Any]:
    answer = await ask.get(f"{replica.address}/readyz")
    assert answer is not None
    return dict(json.loads(answer[1]))


async def publish(running: Running, shop: str, records: int) -> None:
    publishing = Publishing(running.broker.bootstrap)
    for number in range(records):
        publishing.send(binary(onboarded(shop, number, "2025-01-05")))
    await publishing.until_acknowledged()


async def heard(running: Running, shop: str, records: int) -> bool:
    async def is_heard() -> bool:
        connection = await running.database.connect("onboarding")
        try:
            found: int = await connection.fetchval(HEARD, shop)
        finally:
            connection.terminate()
        return found >= records

    return await until(is_heard, BACK_SECONDS, 0.5)


async def make_anew(running: Running, topic: str) -> None:
    """Its records are gone; a publisher's next one makes it again."""
    admin = AdminClient({"bootstrap.servers": running.broker.bootstrap, "log_level": 0})
    admin.delete_topics([topic])[topic].result(30)

    async def is_gone() -> bool:
        return topic not in admin.list_topics(timeout=10).topics

    assert await until(is_gone, SEEN_SECONDS)


async def test_a_topic_made_anew_is_said_and_stops_no_other(running: Running, replica: Replica) -> None:
    """The last one: the service is not ready any more until somebody decides."""
    await publish(running, "shop-x", 12)
    assert await heard(running, "shop-x", 12)
    await make_anew(running, "umkm.onboarding.shop-x")
    await publish(running, "shop-x", 2)
    await publish(running, "shop-y", 5)
    assert await heard(running, "shop-y", 5), await why_not(replica)

    async def says_so() -> bool:
        return "umkm.onboarding.shop-x" in await why_not(replica)

    assert await until(says_so, SEEN_SECONDS), await why_not(replica)
    assert await lives(replica)
