"""The procurement service, wired. Start it with `python -m services.procurement.app`."""

from pathlib import Path

from services.procurement import projection
from services.procurement.cells import CELLS
from services.procurement.consumer import STREAMS, Procurement
from shared.messaging import service

ROOMS = service.domain(
    name="procurement",
    streams=STREAMS,
    kinds=CELLS,
    migrations=Path(__file__).with_name("migrations"),
    projection=Procurement,
    prepare=projection.prepare,
    recount=projection.recount,
)

if __name__ == "__main__":
    service.run(ROOMS)
