"""One seed of a minute, with every failpoint and every kind of fault: what `make soak` does with many."""

import asyncio
import sys

import pytest

from tests.faults import plan
from tests.faults.failpoints import POINTS
from tests.faults.ground import ROOT

SEED, DURATION = 1, 60.0
AT_MOST_SECONDS = 600


@pytest.mark.servers
async def test_nothing_is_lost_and_nothing_counted_twice() -> None:
    command = [sys.executable, "-m", "tests.faults", "--seed", str(SEED), "--duration", str(DURATION), "--every-place"]
    run = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    try:
        said, _ = await asyncio.wait_for(run.communicate(), AT_MOST_SECONDS)
    finally:
        if run.returncode is None:
            run.kill()
    assert run.returncode == 0, said.decode()


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_of_fault_and_every_failpoint_is_in_every_run(seed: int) -> None:
    faults = plan.make(seed, DURATION)
    assert faults == plan.make(seed, DURATION)
    assert {fault.detail.split(" ")[0] for fault in faults if fault.kind == "failpoint"} == set(POINTS)
    assert {fault.kind for fault in faults} - {"failpoint"} == {kind.name for kind in plan.KINDS if kind.least_duration <= DURATION}
