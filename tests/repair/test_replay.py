"""What waits in quarantine is taken after a fix, with its outcome corrected to the last count; what still cannot be taken stays."""

import importlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.messaging.rooms import Rooms
from shared.repair import verify
from shared.repair.replay import Replay
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Publisher, Record, Registry
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
NIK = "3201012501900001"  # synthetic: no such number was given to anybody
ALONE = Registry((Publisher("ministry", 1, ("shop-a",)),))
BOTH = Registry((Publisher("ministry", 1, ("shop-a", "shop-b")),))
ROOMS: Rooms = importlib.import_module("services.onboarding.app").ROOMS


def said() -> list[Record]:
    """Of its own platform, of another one, not JSON, and one with a personal number."""
    own = [onboarded("ministry", number, DATE, platform="shop-a") for number in range(3)]
    other = [onboarded("ministry", number, DATE, platform="shop-b") for number in range(3, 7)]
    good = records(*own, *other, onboarded("ministry", 9, DATE, platform="shop-a", nik=NIK))
    return [*good, replace(good[0], value=b"{")]


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    async with trial(ROOMS, await database("onboarding"), write_registry(tmp_path, ALONE, "onboarding")) as running:
        yield running


def fix(service: Trial, folder: Path) -> None:
    """The registry names the platform now."""
    write_registry(folder, BOTH, "onboarding")
    service.applier.registry.read_at = 0
    service.applier.registry.reload()


async def receipts(service: Trial) -> tuple[int, ...]:
    return (await service.cells())["receipt"]["ministry", "onboarding"]


async def test_nothing_changes_while_nothing_is_mended(service: Trial) -> None:
    await service.apply(said())
    cells = await service.cells()
    done = await Replay(service.applier).run()
    assert (done.taken, done.refused, done.lost) == (0, 5, 1)
    assert await service.cells() == cells


async def test_after_a_fix_outcomes_are_corrected_and_no_position_moves(service: Trial, tmp_path: Path) -> None:
    heard = said()
    assert (await service.apply(heard)).count("quarantined") == 6
    assert await receipts(service) == (3, 0, 0, 0, 6)
    positions = await service.pool.fetch("select * from position order by 1, 2")
    fix(service, tmp_path)
    done = await Replay(service.applier).run()
    assert (done.taken, done.refused, done.lost) == (4, 1, 1)
    assert await receipts(service) == (7, 0, 0, 0, 2)
    assert (await service.cells())["reason"] == {
        ("ministry", "onboarding", "not-json"): (1,),
        ("ministry", "onboarding", "personal-identifier"): (1,),
    }
    assert await service.pool.fetch("select * from position order by 1, 2") == positions
    assert await service.pool.fetchval("select count(*) from quarantine") == 2
    assert await verify.alarm(ROOMS, service.pool) == []
    assert sum(measures[0] for measures in (await service.cells())["listing"].values()) == 7


async def test_it_ends_where_records_end_that_were_taken_at_once(service: Trial, database: NewDatabase, tmp_path: Path) -> None:
    heard = said()
    await service.apply(heard)
    fix(service, tmp_path)
    await Replay(service.applier).run()
    async with trial(ROOMS, await database("onboarding"), tmp_path / "publishers.yaml") as other:
        await other.apply(heard)
        assert await other.cells() == await service.cells()


async def test_a_second_replay_takes_nothing_twice(service: Trial, tmp_path: Path) -> None:
    await service.apply(said())
    fix(service, tmp_path)
    await Replay(service.applier).run()
    cells = await service.cells()
    assert (await Replay(service.applier).run()).taken == 0
    assert await service.cells() == cells


async def test_what_was_said_again_meanwhile_is_repeated(service: Trial, tmp_path: Path) -> None:
    heard = said()
    await service.apply(heard)
    fix(service, tmp_path)
    await service.apply(heard[3:5])
    await Replay(service.applier).run()
    assert await receipts(service) == (7, 2, 0, 0, 2)


@pytest.mark.parametrize(("publisher", "reason", "taken"), [("ministry", None, 4), ("somebody", None, 0), (None, "not-json", 0)])
async def test_only_what_is_asked_for_is_tried(
    service: Trial, tmp_path: Path, publisher: str | None, reason: str | None, taken: int
) -> None:
    await service.apply(said())
    fix(service, tmp_path)
    assert (await Replay(service.applier).run(publisher, reason)).taken == taken


async def test_what_the_database_refuses_stays_alone(service: Trial, tmp_path: Path) -> None:
    await service.apply(said())
    fix(service, tmp_path)
    await service.pool.execute(REFUSING)
    done = await Replay(service.applier).run()
    assert (done.taken, done.refused) == (3, 2)
    assert await receipts(service) == (6, 0, 0, 0, 3)


REFUSING = """create function refuse() returns trigger language plpgsql as $f$ begin
  if new.merchant_id = 'm5' then raise exception 'no' using errcode = '22003'; end if;
  return new;
end $f$;
create trigger refuse before insert on listing for each row execute function refuse()"""
