"""What every domain service promises, whatever its facts are: one suite, run against each of them."""

import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import pytest

from shared.events.cells import KINDS
from shared.messaging import quarantine
from shared.messaging.batch import Batch, Heard
from shared.messaging.service import Rooms
from shared.messaging.settling import Settler
from shared.postgres.positions import PositionMoved
from shared.runtime.pulse import Pulse
from tests.conftest import NewDatabase
from tests.oracle.examples import awarded, exported, linked, onboarded, supplier
from tests.oracle.records import Record, Registry
from tests.oracle.sending import Told, record
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
KNOWN_MS = 1_760_000_000_000
HOUR_MS = 3_600_000
NIK = "3201012501900001"  # synthetic: no such number was given to anybody


@dataclass(frozen=True)
class Case:
    """A service and its simplest fact: `say` makes the event of a number, `table` keeps it."""

    name: str
    table: str
    publisher: str
    say: Callable[..., Told]

    def record(self, number: int, **more: object) -> Record:
        return record(self.say(number, **more), KNOWN_MS)

    @property
    def stream(self) -> str:
        return self.name


def award(number: int, **more: object) -> Told:
    return awarded(f"ocds-synthetic-{number}", DATE, 1_000, [supplier(id="s-1")], "lpse", **more)


CASES = [
    Case("onboarding", "listing", "shop-a", lambda number, **more: onboarded("shop-a", number, DATE, **more)),
    Case("export", "item", "customs", lambda number, **more: exported(number, f"N{number}", DATE, **more)),
    Case("procurement", "award", "lpse", award),
]


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture
async def service(case: Case, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    rooms: Rooms = importlib.import_module(f"services.{case.name}.app").ROOMS
    async with trial(rooms, await database(case.name), write_registry(tmp_path, Registry())) as running:
        yield running


async def count(service: Trial, case: Case) -> int:
    found: int = await service.pool.fetchval(f"select count(*) from {case.table}")  # noqa: S608 - a table of ours
    return found


def broken(good: Record, value: bytes | None) -> Record:
    return replace(good, value=value)


async def test_a_batch_that_was_applied_is_not_applied_again(service: Trial, case: Case) -> None:
    batch = service.batch([case.record(1), case.record(2)])
    await service.settle(batch)
    cells = await service.cells()
    with pytest.raises(PositionMoved):
        await service.settle(batch)
    assert await service.cells() == cells


async def test_a_batch_after_a_gap_is_refused_and_says_where_the_database_is(service: Trial, case: Case) -> None:
    await service.apply([case.record(1)])
    batch = service.batch([case.record(1)])
    ahead = Batch(batch.records, {partition: begin + 5 for partition, begin in batch.begins.items()}, batch.ends)
    with pytest.raises(PositionMoved) as moved:
        await service.settle(ahead)
    assert moved.value.stored == batch.begins


async def test_what_is_sent_again_is_repeated_and_changes_no_number(service: Trial, case: Case) -> None:
    first = case.record(1, id="e1")
    assert await service.apply([first, first]) == ["applied", "repeated"]
    cells = await service.cells()
    assert await service.apply([first]) == ["repeated"]
    told = await service.cells()
    assert {kind: told[kind] for kind in told if kind != "receipt"} == {kind: cells[kind] for kind in cells if kind != "receipt"}


@pytest.mark.parametrize("turned", [False, True])
async def test_of_two_contents_under_one_version_the_same_one_stands(service: Trial, case: Case, turned: bool) -> None:
    pair = [case.record(1, id="e1", province="ID-JB"), case.record(1, id="e1", province="ID-PA")]
    await service.apply([case.record(1, id="e1", province="ID-JT")])
    outcomes = [await service.apply([said]) for said in (reversed(pair) if turned else pair)]
    assert outcomes == [["conflicted"], ["conflicted"]]
    stands = await service.pool.fetchval(
        f"select code.name from {case.table} as fact join code on code.code = fact.province"  # noqa: S608 - a table of ours
    )
    assert stands == smallest_of(case, ["ID-JB", "ID-PA", "ID-JT"])


def smallest_of(case: Case, provinces: Sequence[str]) -> str:
    """The province of the content with the smallest digest, by the independent recount's canonical form."""
    from tests.oracle.decode import decode

    said = {decode(case.record(1, id="e1", province=province), Registry()).digest: province for province in provinces}
    return said[min(said)]


async def test_a_bad_record_harms_no_neighbour_and_is_kept_untouched(service: Trial, case: Case) -> None:
    good = case.record(1)
    outcomes = await service.apply(
        [case.record(2), broken(good, b'{"broken'), broken(good, None), broken(good, b"\xff\x00" * 40_000), case.record(3)]
    )
    assert outcomes == ["applied", "quarantined", "quarantined", "quarantined", "applied"]
    assert await count(service, case) == 2
    rows = await service.pool.fetch("select reason, value, headers is not null as with_headers from quarantine order by id")
    assert [(row["reason"], row["value"]) for row in rows] == [
        ("not-json", b'{"broken'),
        ("envelope", None),
        ("too-large", b"\xff\x00" * 40_000),
    ]
    assert all(row["with_headers"] for row in rows)
    cells = await service.cells()
    assert cells["receipt"] == {(case.publisher, case.stream): (2, 0, 0, 0, 3)}
    assert sum(records for (records,) in cells["reason"].values()) == 3


async def test_a_header_may_have_any_name(service: Trial, case: Case) -> None:
    strange = (("a\0b", b"\xff"), ("a\0b", None), ("\udcff", b""), ("", b"x"))
    said = replace(case.record(1), value=b"{", headers=(*case.record(1).headers, *strange))
    assert await service.apply([said, case.record(2)]) == ["quarantined", "applied"]
    kept = quarantine.read_headers(await service.pool.fetchval("select headers from quarantine"))
    assert kept[-4:] == (("a\0b", b"\xff"), ("a\0b", None), ("?", b""), ("", b"x"))


async def test_the_bytes_of_a_record_with_a_personal_number_are_not_kept(service: Trial, case: Case) -> None:
    assert await service.apply([case.record(1, nik=NIK), case.record(2)]) == ["quarantined", "applied"]
    row = await service.pool.fetchrow("select reason, key, value, headers, seen, path from quarantine")
    assert row is not None
    assert (row["reason"], row["key"], row["value"], row["headers"]) == ("personal-identifier", None, None, None)
    assert NIK not in f"{row['seen']} {row['path']}"


async def test_what_is_heard_can_be_compared_with_the_log(service: Trial, case: Case) -> None:
    batch = service.batch([case.record(number) for number in range(7)])
    await service.settle(batch)
    for row in await service.pool.fetch("select topic, partition, from_offset, next_offset, checksums from heard"):
        partition = (row["topic"], row["partition"])
        ours = [one for one in batch.records if (one.topic, one.partition) == partition]
        assert (row["from_offset"], row["next_offset"]) == (batch.begins[partition], batch.ends[partition])
        assert row["checksums"] == b"".join(crc32(one.value or b"").to_bytes(4, "big") for one in ours)


async def test_outcomes_count_in_the_hour_in_which_the_broker_had_the_record(service: Trial, case: Case) -> None:
    late = record(case.say(2), KNOWN_MS + 3 * HOUR_MS)
    await service.apply([case.record(1), late, case.record(3)])
    rows = await service.pool.fetch("select hour, applied from outcome order by hour")
    assert [tuple(row) for row in rows] == [(KNOWN_MS // HOUR_MS, 2), (KNOWN_MS // HOUR_MS + 3, 1)]


async def test_a_link_touches_only_whom_its_leading_publisher_names(service: Trial) -> None:
    """Of two who state one link the first by name leads: the other's MSMEs are met again by another link of theirs."""
    first, second = linked("L1", 1, 2, DATE, "a-first"), linked("L1", 3, 4, DATE, "b-second")
    await service.apply([record(first, KNOWN_MS), record(second, KNOWN_MS)])
    assert await service.apply([record(linked("L2", 3, 5, DATE, "b-second"), KNOWN_MS)]) == ["applied"]
    sizes = await service.pool.fetch("select count(*) from member group by unit")
    assert sorted(row["count"] for row in sizes) == [2, 2]


async def test_a_record_that_the_database_refuses_is_found_and_quarantined_alone(service: Trial, case: Case) -> None:
    await service.pool.execute(REFUSING.format(table=case.table))
    applied: list[int] = []
    settler = Settler(service.applier, Pulse(), lambda: False, lambda batch, _: applied.append(len(batch.records)))
    batch = service.batch([case.record(number, province="ID-PA" if number == 4 else "ID-JB") for number in range(9)])
    heard: Heard = await service.applier.hear(batch)
    assert await settler.settle(batch, heard) == {}
    assert sum(applied) == 9
    assert await count(service, case) == 8
    assert await service.pool.fetchval("select array_agg(reason) from quarantine") == ["apply-failed"]
    assert (await service.cells())["receipt"] == {(case.publisher, case.stream): (8, 0, 0, 0, 1)}


REFUSING = """create function refuse() returns trigger language plpgsql as $f$ begin
  if new.province = (select code from code where name = 'ID-PA') then raise exception 'no' using errcode = '22003'; end if;
  return new;
end $f$;
create trigger refuse before insert on {table} for each row execute function refuse()"""


async def test_a_batch_that_fails_before_its_commit_leaves_nothing(service: Trial, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = service.batch([case.record(1), broken(case.record(2), b"{")])
    with monkeypatch.context() as patched:
        patched.setattr("shared.messaging.batch.positions.move", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await service.settle(batch)
    assert await count(service, case) == 0
    assert all(not cells for cells in (await service.cells()).values())
    assert await service.pool.fetchval("select count(*) from quarantine") == 0
    assert await service.settle(batch) == ["applied", "quarantined"]


async def killed(*_: object) -> None:
    raise RuntimeError("killed")


async def test_links_are_heard_by_every_service_and_told_of_by_one(service: Trial, case: Case) -> None:
    said = record(linked("L1", 1, 2, DATE), KNOWN_MS)
    assert await service.apply([case.record(1), case.record(2), said, broken(said, b"{")]) == ["applied"] * 3 + ["quarantined"]
    assert await service.pool.fetchval("select count(*) from member") == 2
    assert await service.pool.fetchval("select announce from quarantine") is (case.name == "onboarding")


async def test_every_kind_of_cell_has_its_table(service: Trial, case: Case) -> None:
    assert {kind.name for kind in KINDS[case.name]} == set(await service.cells())


def test_cases_cover_the_domain_services() -> None:
    assert [case.name for case in CASES] == list(KINDS)
