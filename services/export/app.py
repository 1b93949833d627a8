"""The export service, wired. Start it with `python -m services.export.app`."""

from pathlib import Path

from services.export import projection
from services.export.cells import CELLS
from services.export.consumer import STREAMS, Export
from shared.messaging import service

ROOMS = service.domain(
    name="export",
    streams=STREAMS,
    kinds=CELLS,
    migrations=Path(__file__).with_name("migrations"),
    projection=Export,
    prepare=projection.prepare,
    recount=projection.recount,
)

if __name__ == "__main__":
    service.run(ROOMS)
