"""An operator's words as programs: what they say, and the exit code by which a script knows."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services.onboarding.app import ROOMS
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Publisher, Registry
from tests.projections import trial, write_registry

ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 60
DATE = "2025-02-03"


async def word(dsn: str, folder: Path, *words: str) -> tuple[int | None, str]:
    settings = {"KAFKA": "127.0.0.1:1", "DATABASE": dsn, "PORT": "0", "PUBLISHERS": str(folder / "publishers.yaml"), "LOG": "text"}
    environment = {**os.environ, **{f"DENYUT_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "shared.repair", *words]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await asyncio.wait_for(running.communicate(), BOUND_SECONDS)
    return running.returncode, said.decode()


@pytest.fixture
async def dsn(database: NewDatabase, tmp_path: Path) -> str:
    """Onboarding's database, with one listing and one record of a platform that its publisher may not speak for yet."""
    address = await database("onboarding")
    registry = write_registry(tmp_path, Registry((Publisher("ministry", 1, ("shop-a",)),)), "onboarding")
    said = records(*[onboarded("ministry", number, DATE, platform=f"shop-{shop}") for number, shop in enumerate("ab")])
    async with trial(ROOMS, address, registry) as service:
        assert await service.apply([*said, replace(said[0], value=b"{")]) == ["applied", "quarantined", "quarantined"]
    return address


async def test_verify_says_whether_all_is_well(dsn: str, tmp_path: Path) -> None:
    code, said = await word(dsn, tmp_path, "verify", "onboarding")
    assert (code, said.splitlines()[-1]) == (0, "onboarding: every number follows from its facts.")
    async with trial(ROOMS, dsn, tmp_path / "publishers.yaml") as service:
        await service.pool.execute("delete from listing")
    code, said = await word(dsn, tmp_path, "verify", "onboarding")
    assert code == 1
    assert "listing_cell 2025-02 · ID-JB · producer · micro · shop-a: 1, 1, 1, but counted nothing" in said


async def test_replay_says_what_it_took(dsn: str, tmp_path: Path) -> None:
    write_registry(tmp_path, Registry((Publisher("ministry", 1, ("shop-a", "shop-b")),)), "onboarding")
    code, said = await word(dsn, tmp_path, "replay", "onboarding", "--publisher", "ministry")
    assert code == 0
    assert said.splitlines()[-1].startswith("onboarding: 1 records taken, 1 refused again, 0 cannot")
    assert (await word(dsn, tmp_path, "verify", "onboarding"))[0] == 0


async def test_a_rebuild_without_its_log_changes_nothing_and_fails(dsn: str, tmp_path: Path) -> None:
    code, said = await word(dsn, tmp_path, "rebuild", "onboarding")
    assert code == 1
    assert said.splitlines()[-1].startswith("onboarding: not rebuilt, and live is as it was")
    assert (await word(dsn, tmp_path, "verify", "onboarding"))[0] == 0
