"""The onboarding service, wired. Start it with `python -m services.onboarding.app`."""

from pathlib import Path

from services.onboarding import projection
from services.onboarding.cells import CELLS
from services.onboarding.consumer import STREAMS, Onboarding
from shared.messaging import service

ROOMS = service.domain(
    name="onboarding",
    streams=STREAMS,
    kinds=CELLS,
    migrations=Path(__file__).with_name("migrations"),
    projection=Onboarding,
    prepare=projection.prepare,
    recount=projection.recount,
)

if __name__ == "__main__":
    service.run(ROOMS)
