"""What reporting hears: observations of every publisher, cells of the domain services, refusals; a batch in, an outcome for every
record of a publisher out.

Group `denyut-reporting`; starts where its database is; order within a partition. A record that cannot be taken goes to
quarantine; a database or broker that is away is waited for (see shared/messaging/consumer.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reporting import model, projection
from shared.events import topics
from shared.events.envelope import Event
from shared.messaging.fold import Decided, Fact, Folded
from shared.messaging.registry import Registry
from shared.postgres.connection import Connection

STREAMS = ("observations",)
TOLD = rf"cells\.({'|'.join(topics.DOMAIN_SERVICES)})|rejected\.{topics.PUBLISHER}"
HEARS = rf"^umkm\.(({'|'.join(STREAMS)})\.{topics.PUBLISHER}|{TOLD})$"


@dataclass(slots=True)
class Reporting:
    """Cells and refusals are state and a log of ours: they have no outcome."""

    registry: Registry
    announces: Sequence[str] = STREAMS

    def decide(self, event: Event) -> Decided:
        return model.decide(event)

    async def record(self, connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
        return await projection.record(connection, folded, number, month)
