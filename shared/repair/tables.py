"""Tables of numbers by key: two states of one come in, the rows in which they differ go out, with names in the place of codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.events.cells import RECEIPT, CellKind
from shared.messaging.relay import text
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection

Rows = Mapping[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """What is compared: `source` is the table or, in brackets, what is selected of it. A row of nothing but 0 is as no row."""

    name: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what it should be: `told` as it stands, `counted` as it follows from the facts; empty where there is none."""

    table: str
    key: tuple[Any, ...]
    told: tuple[Any, ...]
    counted: tuple[Any, ...]

    def __str__(self) -> str:
        told, counted = (", ".join(map(str, values)) or "nothing" for values in (self.told, self.counted))
        return f"{self.table} {' · '.join('–' if part is None else str(part) for part in self.key)}: {told}, but counted {counted}"


# How a publisher's records are split into applied, repeated and so on is as seen live, batch by batch; these two are exact promises.
RECEIPTS = Table(
    "receipt_cell",
    ("publisher", "stream"),
    ("sent", "quarantined"),
    "(select *, applied + repeated + superseded + conflicted + quarantined as sent from receipt_cell) as receipt",
)
POSITIONS = Table(
    "position", ("topic", "partition"), ("next_offset",), "(select topic, partition::text, next_offset from position) as place"
)


def of_kinds(kinds: Sequence[CellKind]) -> tuple[Table, ...]:
    """What a domain service's rebuild has to reach: every cell, and where it is in the log."""
    cells = (Table(f"{kind.name}_cell", kind.dimensions, kind.measures) for kind in kinds if kind is not RECEIPT)
    return (*cells, RECEIPTS, POSITIONS)


async def read(connection: Connection, table: Table) -> Rows:
    """The rows that are not nothing."""
    columns = ", ".join((*table.keys, *table.measures))
    rows = await connection.fetch(f"select {columns} from {table.source or table.name}")  # noqa: S608 - names of our own tables
    width = len(table.keys)
    found = {hashable(row[:width]): hashable(row[width:]) for row in map(tuple, rows)}
    return {key: measures for key, measures in found.items() if any(any(m) if isinstance(m, tuple) else m for m in measures)}


def hashable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def differences(table: Table, told: Rows, counted: Rows) -> list[Difference]:
    keys = {key for key, measures in told.items() if counted.get(key) != measures} | (counted.keys() - told.keys())
    ordered = sorted(keys, key=str)
    return [Difference(table.name, key, told.get(key, ()), counted.get(key, ())) for key in ordered]


async def named(connection: Connection, table: Table, difference: Difference) -> Difference:
    """The same with names and months as people read them."""
    names = await Codes().names(connection, {part for part in difference.key if isinstance(part, int)})
    shown = tuple(name(column, part, names) for column, part in zip(table.keys, difference.key, strict=True))
    return Difference(difference.table, shown, difference.told, difference.counted)


def name(column: str, part: Any, names: Mapping[int | None, str | None]) -> Any:
    is_coded = isinstance(part, int) and (column in ("month", "fiscal_year") or part in names)
    return text(column, part, dict(names)) if is_coded else part
