"""The reporting service, wired. Start it with `python -m services.reporting.app`."""

from pathlib import Path

from services.reporting import checking, days, projection
from services.reporting.api import application
from services.reporting.api.hub import Hub
from services.reporting.api.reader import Reader
from services.reporting.consumer import HEARS, STREAMS, Reporting
from services.reporting.relay import ProgressRelay
from shared.messaging import service, telling
from shared.messaging.rooms import Outlets, Rooms, Wired
from shared.postgres.migrate import SHARED


def outlets(wired: Wired) -> Outlets:
    """The public interface, and the topic of figures; both follow what is committed."""
    reader, relay = Reader(wired.pool), ProgressRelay(wired.settings.kafka)
    hub = Hub(reader)
    wired.on_commit.extend((hub.wake.set, relay.wake.set))

    def published() -> None:
        for wake in wired.on_commit:
            wake()

    tasks = {
        "follow": hub.run(),
        "days": days.follow(wired.pool, published),
        "tell": telling.keep_telling(wired.settings.database, wired.settings.kafka, telling.PROGRESS, relay.tell),
    }
    return Outlets(application.make(reader, hub), tasks)


ROOMS = Rooms(
    name="reporting",
    streams=STREAMS,
    hears=HEARS,
    kinds=(),
    migrations=(SHARED / "postgres" / "migrations", Path(__file__).with_name("migrations")),
    projection=Reporting,
    prepare=projection.prepare,
    recount=projection.recount,
    compares=checking.COMPARES,
    keeps=checking.KEEPS,
    check=checking.check,
    outlets=outlets,
)

if __name__ == "__main__":
    service.run(ROOMS)
