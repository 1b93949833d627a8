"""What the services tell: raw records of their topics come in, cells, watermarks and refusals go out; what is malformed is left out.

Cells are state: of several messages about one cell the newest counts, whatever came last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
import structlog

from services.reporting.indicators import CELLS

log = structlog.get_logger(__name__)
WATERMARK = "watermark"
KNOWN_DIMENSION = "priority"  # cells with a code in it have totals of their own


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of additive numbers of a service, as told at a version of its numbers."""

    kind: str
    service: str
    key: tuple[str | None, ...]
    month: int | None
    fiscal_year: int | None
    known: bool
    measures: tuple[Decimal, ...]
    generation: int
    number: int

    @property
    def row(self) -> tuple[Any, ...]:
        key, measures = list(self.key), list(self.measures)
        return (self.kind, self.service, key, self.month, self.fiscal_year, self.known, measures, self.generation, self.number)


@dataclass(frozen=True, slots=True)
class Watermark:
    """Closes a flush: all that was told until here is whole. Times are nanoseconds, as text."""

    service: str
    generation: int
    number: int
    newest: Mapping[str, str]
    positions: Mapping[str, int]
    full: bool = False


def read_cells(service: str, values: Iterable[bytes | None]) -> list[Cell | Watermark]:
    """Messages of `umkm.cells.<service>` in their order."""
    return [message for value in values if (message := read(service, value)) is not None]


def read(service: str, value: bytes | None) -> Cell | Watermark | None:
    try:
        told = orjson.loads(value or b"")
        return read_watermark(service, told) if told["kind"] == WATERMARK else read_cell(service, told)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        log.error("cell_is_malformed", service=service, error=repr(error)[:200])
        return None


def read_watermark(service: str, told: Mapping[str, Any]) -> Watermark:
    newest = {str(fact): str(whole(int(time_ns))) for fact, time_ns in told["newest"].items()}
    return Watermark(service, whole(told["generation"]), whole(told["number"]), newest, dict(told["positions"]), told.get("full") is True)


def read_cell(service: str, told: Mapping[str, Any]) -> Cell:
    """A cell of a kind that the registry has; one that came to nothing has no numbers, which is 0 everywhere."""
    kind = CELLS[told["kind"]]
    codes = dict(zip(kind.dimensions, told["key"], strict=True))
    measures = tuple(Decimal(int(measure)) for measure in told["measures"])
    if not all(code is None or (isinstance(code, str) and "\0" not in code) for code in told["key"]):
        raise TypeError("a code is text or null")
    month, fiscal_year = codes.get("month"), codes.get("fiscal_year")
    return Cell(
        kind=kind.name,
        service=service,
        key=tuple(told["key"]),
        month=None if month is None else int(month[:4]) * 12 + int(month[5:]) - 1,
        fiscal_year=None if fiscal_year is None else int(fiscal_year),
        known=codes.get(KNOWN_DIMENSION) is not None,
        measures=measures,
        generation=whole(told["generation"]),
        number=whole(told["number"]),
    )


def whole(number: object) -> int:
    """A number that the database can take."""
    if not isinstance(number, int) or not 0 <= number < 2**63:
        raise ValueError(f"no number of ours: {number!r}")
    return number


def newest_of(cells: Iterable[Cell]) -> list[Cell]:
    """One a key: the newest by (generation, number)."""
    folded: dict[tuple[object, ...], Cell] = {}
    for cell in cells:
        key = (cell.kind, cell.key)
        other = folded.get(key)
        if other is None or (cell.generation, cell.number) >= (other.generation, other.number):
            folded[key] = cell
    return list(folded.values())


def read_refusals(publisher: str, values: Iterable[bytes | None]) -> list[tuple[Any, ...]]:
    """Messages of `umkm.rejected.<publisher>` as rows."""
    return [row for value in values if (row := read_refusal(publisher, value)) is not None]


def read_refusal(publisher: str, value: bytes | None) -> tuple[Any, ...] | None:
    try:
        told = orjson.loads(value or b"")
        place = (text(told["topic"]), whole(told["partition"]), whole(told["offset"]))
        words = [None if told.get(name) is None else text(told[name]) for name in ("path", "expected", "seen")]
        return (publisher, *place, text(told["stream"]), text(told["reason"]), *words, whole(told["timestamp"]))
    except (ValueError, KeyError, TypeError) as error:
        log.error("refusal_is_malformed", publisher=publisher, error=repr(error)[:200])
        return None


def text(value: object) -> str:
    """Words that the database can take."""
    return str(value).replace("\0", "\ufffd")
