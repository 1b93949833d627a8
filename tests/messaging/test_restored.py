"""A database that goes back to an older state while processes run: nothing they remember gets into it, and what is told counts again."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from services.onboarding.app import ROOMS
from shared.messaging import last_told, telling
from shared.messaging.batch import QUERIES, Batch, Heard
from shared.messaging.relay import CellRelay
from shared.messaging.renewed import Renewed
from shared.messaging.settling import Settler
from shared.runtime.pulse import Pulse
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Registry
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
RESTORE = "alter table code alter code restart; update epoch set number = 0; delete from publisher; delete from code"


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    async with trial(ROOMS, await database("onboarding"), write_registry(tmp_path, Registry())) as running:
        yield running


async def restore(service: Trial) -> None:
    """As it was in the beginning; the process goes on and knows nothing of it."""
    admitted = set(service.applier.registry.admitted)
    await service.forget()
    service.applier.registry.admitted |= admitted
    await service.pool.execute(RESTORE)


async def test_names_of_the_newer_state_do_not_get_into_the_older_one(service: Trial) -> None:
    await service.apply(records(onboarded("shop-a", 1, DATE), onboarded("shop-b", 1, DATE, province="ID-JT")))
    await restore(service)
    batch = service.batch(records(onboarded("shop-c", 1, DATE, province="ID-BA"), onboarded("shop-b", 2, DATE, province="ID-JT")))
    heard = await service.applier.hear(batch)
    with pytest.raises(Renewed) as renewed:
        await service.applier.apply_batch(batch, heard)
    assert renewed.value.restored
    await service.applier.apply_batch(batch, heard)
    told = (await service.cells())["listing"]
    assert {(key[1], key[-1]) for key in told if key[1]} == {("ID-BA", "shop-c"), ("ID-JT", "shop-b")}


async def test_the_process_ends_when_it_has_brought_its_batch_home(service: Trial) -> None:
    pulse = Pulse()
    settler = Settler(service.applier, pulse, lambda: False, lambda _batch, _heard: None)
    await service.apply(records(onboarded("shop-a", 1, DATE)))
    await restore(service)
    batch = service.batch(records(onboarded("shop-a", 1, DATE)))
    before = await service.pool.fetchval("select generation from epoch")
    assert await settler.settle(batch, await service.applier.hear(batch)) == {}
    assert pulse.outlived
    assert await service.pool.fetchval("select generation from epoch") > before  # numbers told before mean something else now


async def test_a_rebuilt_projection_ends_no_process(service: Trial) -> None:
    pulse = Pulse()
    settler = Settler(service.applier, pulse, lambda: False, lambda _batch, _heard: None)
    await service.apply(records(onboarded("shop-a", 1, DATE)))
    await service.pool.execute("update epoch set generation = generation + 1, number = 0")
    batch = service.batch(records(onboarded("shop-a", 2, DATE)))
    assert await settler.settle(batch, await service.applier.hear(batch)) == {}
    assert not pulse.outlived


async def test_a_batch_that_was_rolled_back_is_no_restore(service: Trial) -> None:
    await service.apply(records(onboarded("shop-a", 1, DATE)))
    batch = service.batch(records(onboarded("shop-a", 2, DATE)))
    heard = await service.applier.hear(batch)
    with pytest.raises(RuntimeError):
        await break_off(service, batch, heard)
    await service.applier.apply_batch(batch, await service.applier.hear(batch))


async def break_off(service: Trial, batch: Batch, heard: Heard) -> None:
    async with service.applier.staged(batch, heard) as connection:
        await service.applier.record(connection, batch, heard)
        raise RuntimeError


async def test_what_is_told_after_a_restore_is_newer_than_what_was_told_before(service: Trial, kafka: str) -> None:
    topic = f"umkm.cells.test-{secrets.token_hex(4)}"
    relay = CellRelay(kafka, topic, ROOMS.kinds, service.applier.codes)
    await service.apply(records(onboarded("shop-a", 1, DATE)))
    async with service.pool.acquire() as connection:
        await relay.take_over(connection)
        before = tuple(await connection.fetchrow(QUERIES.epoch) or ())
        await tell(kafka, topic, b"no JSON", orjson.dumps({"generation": before[0], "number": before[1] + 1_000}))
        await relay.take_over(connection)
        after = tuple(await connection.fetchrow(QUERIES.epoch) or ())
    assert after > await last_told.newest(kafka, topic) > before


async def tell(kafka: str, topic: str, *values: bytes) -> None:
    producer = telling.open_producer(kafka)
    await producer.start()
    try:
        await telling.send(producer, [(topic, b"k", value) for value in values])
    finally:
        await producer.stop()
