"""Who may be counted: the registry of publishers comes in, rows of the table `publisher` go out.

A publisher's row exists before its first batch is applied. A changed registry is applied under the merge lock, and everything
is counted anew from the facts (`recount`), since ranks decide who leads.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from shared.events import publishers
from shared.events.publishers import Publishers
from shared.postgres import queries
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
COUNT, HOLD = "count", "hold"
Standing = tuple[int, bool, bool]  # rank, counted, links counted


@dataclass(slots=True)
class Registry:
    """The registry file as read last. `unregistered` says what happens to those who are not in it."""

    path: Path
    stream: str
    unregistered: str
    codes: Codes
    publishers: Publishers = field(init=False)
    read_at: float = 0.0
    admitted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reload()

    def reload(self) -> bool:
        """Read the file if it changed since; True where it did."""
        changed_at = self.path.stat().st_mtime
        if changed_at == self.read_at:
            return False
        self.publishers, self.read_at = publishers.load(self.path), changed_at
        return True

    def forget(self) -> None:
        """What the database has of publishers may be older than what it was told: tell it again."""
        self.admitted.clear()
        self.read_at = 0.0

    def standing(self, name: str) -> Standing:
        return self.publishers.rank_of(name), self.counts(name, self.stream), self.counts(name, "identity")

    def counts(self, name: str, stream: str) -> bool:
        return self.unregistered == COUNT or self.publishers.speaks_on(name, stream)

    async def admit(self, pool: Pool, topics: Collection[str]) -> None:
        """Make sure that the publishers of these topics have their row."""
        for name in {topic.split(".", 2)[2] for topic in topics} - self.admitted:
            await self.codes.learn(pool, [name])
            await pool.execute(QUERIES.admit_publisher, name, *self.standing(name))
            self.admitted.add(name)

    async def changed(self, connection: Connection) -> bool:
        """Bring all rows to what the registry says now; True where any changed. Under the merge lock only."""
        changed = False
        for row in await connection.fetch(QUERIES.list_publishers):
            standing = self.standing(row["name"])
            if standing != (row["rank"], row["counted"], row["links_counted"]):
                await connection.execute(QUERIES.update_publisher, row["name"], *standing)
                changed = True
        return changed
