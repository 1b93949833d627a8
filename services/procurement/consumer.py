"""What procurement hears: its own stream and identity, from every publisher; a batch in, an outcome for every record out.

Group `denyut-procurement`; key: the contracting process; starts where its database is; order within a partition. A record that
cannot be taken goes to quarantine and harms no neighbour; a database or broker that is away is waited for (see
shared/messaging/consumer.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.procurement import model, projection
from shared.events.envelope import Event
from shared.messaging.fold import Decided, Fact, Folded
from shared.messaging.registry import Registry
from shared.postgres.connection import Connection

STREAMS = ("procurement", "identity")


@dataclass(slots=True)
class Procurement:
    """Answers for its own stream only: identity, which three services hear, is told of by onboarding."""

    registry: Registry
    announces: Sequence[str] = ("procurement",)

    def decide(self, event: Event) -> Decided:
        return model.decide(event)

    async def record(self, connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
        return await projection.record(connection, folded, number, month)
