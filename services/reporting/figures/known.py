"""What figures are made of, as it was at one instant: sums of cells, openings and observations, targets, freshness, today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.figures import periods
from services.reporting.figures.periods import Period, Scope
from services.reporting.indicators import Group, Indicator


@dataclass(frozen=True, slots=True)
class Row:
    """Cells added up: of one code (None: unknown, or not asked for), month and fiscal year."""

    code: str | None
    month: int | None
    fiscal_year: int | None
    measures: tuple[int, ...]


Cube = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Observation:
    """A standing observation, of the publisher that leads. `version` sorts by age (time, recordedtime, id)."""

    indicator: str
    period: Period
    destination: str | None
    opening: bool
    value: Decimal
    unit: str
    stated_by: str
    numerator: Decimal | None
    denominator: Decimal | None
    place: tuple[int, str]  # the publisher's rank and name
    version: bytes

    @property
    def time_ns(self) -> int:
        return int.from_bytes(self.version[:8], "big")


@dataclass(frozen=True, slots=True)
class Target:
    """A standing target, of the publisher that leads; `name` is the version that readers see."""

    indicator: str
    name: str
    set_on: date
    value: Decimal
    due: date
    version: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """`totals` are by (kind of cells, part): all cells by month and fiscal year; `newest` by (service, fact), in ns."""

    totals: Mapping[tuple[str, str], Cube]
    observations: Mapping[str, Sequence[Observation]]
    targets: Mapping[str, Sequence[Target]]
    newest: Mapping[tuple[str, str], int]
    today: date

    @property
    def present(self) -> int:
        """The running month."""
        return periods.month_of(self.today)

    def total(self, group: Group) -> Cube:
        return self.totals.get((group.cells, group.part), ())

    def presence(self, indicator: Indicator) -> Sequence[tuple[int | None, int | None]]:
        """The (month, fiscal year)s that have data of the indicator's kind."""
        if not indicator.groups:
            return ()
        group = indicator.groups[0]
        kind, measure = indicator.present or (group.cells, None)
        rows = self.totals.get((kind, "" if indicator.present else group.part), ())
        return [(row.month, row.fiscal_year) for row in rows if (any(row.measures) if measure is None else row.measures[measure] > 0)]

    def has_data(self, indicator: Indicator, scope: Scope) -> bool:
        return any(scope.covers(month, fiscal_year) for month, fiscal_year in self.presence(indicator))

    def observed(self, name: str) -> Sequence[Observation]:
        """Plain observations, without openings."""
        return [observation for observation in self.observations.get(name, ()) if not observation.opening]


def sums(rows: Cube, scope: Scope) -> tuple[int, ...]:
    """The measures of those rows that the scope covers, added up."""
    covered = [row.measures for row in rows if scope.covers(row.month, row.fiscal_year)]
    return tuple(map(sum, zip(*covered, strict=True))) if covered else ()


def read(measures: Sequence[int], position: int | None) -> int:
    """One measure of a sum; 0 where nothing was added up."""
    return measures[position] if position is not None and measures else 0
