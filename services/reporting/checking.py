"""Whether what people see follows from what the services told: totals from cells, and every published figure from totals.

In a transaction at one snapshot; what differs comes out.
"""

from collections.abc import Sequence

from services.reporting import knowledge, projection
from shared.postgres.connection import Connection
from shared.repair.tables import POSITIONS, RECEIPTS, Difference, Table

QUERIES = projection.QUERIES
# What a rebuild has to reach: everything that figures rest on.
COMPARES = (
    Table("cell", ("kind", "service", "key"), ("measures",)),
    Table("total", ("kind", "part", "month", "fiscal_year"), ("measures",)),
    Table("watermark", ("service",), ("generation", "number")),
    Table("observation", ("indicator", "period", "destination", "opening", "publisher"), ("value", "unit", "numerator", "denominator")),
    Table("target", ("indicator", "name", "publisher"), ("set_on", "value", "due", "details")),
    Table("reason_cell", ("publisher", "stream", "reason"), ("records",)),
    RECEIPTS,
    POSITIONS,
)
# What was published, and what the log keeps for some time only, goes on after a rebuild: readers' cursors stay good.
KEEPS = ("head", "figure", "change", "rejected")


async def check(connection: Connection) -> Sequence[Difference]:
    totals = await connection.fetch(QUERIES.list_wrong_totals)
    told = {row["indicator"]: row["figure"] for row in await connection.fetch(QUERIES.list_figures)}
    counted = projection.figures(await knowledge.get_known(connection, await connection.fetchval(QUERIES.day)))
    wrong = sorted(name for name, figure in counted.items() if told and told.get(name) != figure)
    return [
        *(Difference("total", tuple(row["key"]), tuple(row["told"]), tuple(row["counted"])) for row in totals),
        *(Difference("figure", (name,), (told.get(name, ""),), (counted[name],)) for name in wrong),
    ]
