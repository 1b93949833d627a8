"""What export hears: its own stream and identity, from every publisher; a batch in, an outcome for every record out.

Group `denyut-export`; key: the MSME; starts where its database is; order within a partition. A record that cannot be taken
goes to quarantine and harms no neighbour; a database or broker that is away is waited for (see shared/messaging/consumer.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.export import model, projection
from shared.events.envelope import Event
from shared.messaging.fold import Decided, Fact, Folded
from shared.messaging.registry import Registry
from shared.postgres.connection import Connection

STREAMS = ("export", "identity")


@dataclass(slots=True)
class Export:
    """Answers for its own stream; refusals of identity, which three services hear, are told by onboarding."""

    registry: Registry
    announces: Sequence[str] = ("export",)

    def decide(self, event: Event) -> Decided:
        return model.decide(event)

    async def record(self, connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
        return await projection.record(connection, folded, number, month)
