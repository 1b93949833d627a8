"""What a batch passes through: cheap to empty at every commit, and wide enough for the longest event that may come."""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from tests.oracle.examples import (
    awarded,
    exported,
    linked,
    matched,
    offboarded,
    onboarded,
    supplier,
    told,
    traded,
    trained,
    unlinked,
)
from tests.oracle.records import Registry
from tests.oracle.sending import Told, record
from tests.projections import trial, write_registry

DATE, LATER = "2025-02-03", "2025-02-04"
LONG = "\U0001f9fa" * 200  # as long as a text may be, and every character four bytes
KNOWN_MS = 1_760_000_000_000
DECLARATION = {"type": "PEB", "number": LONG, "date": DATE, "item": LONG}
LONGEST: dict[str, Callable[[], Sequence[Told]]] = {
    "onboarding": lambda: [
        onboarded("shop-a", 1, DATE, merchant_id=LONG, id=LONG),
        offboarded("shop-a", 1, LATER, merchant_id=LONG, id=LONG),
        traded("shop-a", 1, "2025-01", merchant_id=LONG, id=LONG),
        linked(LONG, 1, 2, DATE, id=LONG),
        unlinked(LONG, LATER, id=LONG),
    ],
    "export": lambda: [
        exported(1, LONG, DATE, declaration=DECLARATION, id=LONG),
        told("customs", "export.export-cancelled", LATER, declaration=DECLARATION, reason="void", id=LONG),
        trained(1, LONG, DATE, programme=LONG, id=LONG),
    ],
    "procurement": lambda: [
        awarded(LONG, DATE, 1_000, [supplier(id="s-1")], award_id=LONG, id=LONG),
        told("lpse", "procurement.award-cancelled", LATER, ocid=LONG, award_id=LONG, version=2, reason="void", id=LONG),
        matched(LONG, 1, DATE, component=LONG, forum=LONG, id=LONG),
    ],
}
TOASTED = "select relname from pg_class where relpersistence = 't' and relkind = 'r' and reltoastrelid <> 0"


@pytest.mark.parametrize("service", LONGEST)
async def test_the_longest_event_passes_and_no_table_has_another_beside_it(database: NewDatabase, tmp_path: Path, service: str) -> None:
    rooms = importlib.import_module(f"services.{service}.app").ROOMS
    async with trial(rooms, await database(service), write_registry(tmp_path, Registry())) as running:
        said = [record(one, KNOWN_MS) for one in LONGEST[service]()]
        assert await running.apply(said) == ["applied"] * len(said)
        async with running.pool.acquire() as connection:
            toasted = {row["relname"] for row in await connection.fetch(TOASTED)}
        assert toasted == {"before_contested"}
