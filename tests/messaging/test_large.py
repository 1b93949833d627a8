"""A record that unfolds to more than anything may have: what it was is kept, its bytes are not, and its neighbours do not notice."""

import dataclasses
from pathlib import Path

from services.onboarding.app import ROOMS
from shared.messaging.batch import Batch
from shared.messaging.fold import APPLIED, QUARANTINED
from shared.messaging.quarantine import MOST_KEPT_BYTES
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Registry
from tests.projections import trial, write_registry


async def test_bytes_beyond_what_the_database_keeps_are_left_out(database: NewDatabase, tmp_path: Path) -> None:
    async with trial(ROOMS, await database("onboarding"), write_registry(tmp_path, Registry())) as service:
        batch = service.batch(records(onboarded("shop-a", 1, "2025-02-03"), onboarded("shop-a", 2, "2025-02-03")))
        unfolded = dataclasses.replace(batch.records[0], value=b"[" * (MOST_KEPT_BYTES + 1))
        told = Batch([unfolded, batch.records[1]], batch.begins, batch.ends)
        heard = await service.applier.hear(told)
        await service.applier.apply_batch(told, heard)
        assert heard.outcomes == [QUARANTINED, APPLIED]
        (kept,) = await service.pool.fetch("select reason, seen, value, headers from quarantine")
        assert tuple(kept) == ("too-large", str(MOST_KEPT_BYTES + 1), None, None)
