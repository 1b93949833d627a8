"""What figures are made of, written down briefly for tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from services.reporting.figures import periods
from services.reporting.figures.known import Known, Observation, Row, Target
from shared.events import cells

TODAY = date(2026, 11, 25)
POPULATION = 64_000_000


def month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1


def rows(kind: str, *told: tuple[str | None, int | None, Mapping[str, int]]) -> list[Row]:
    """Totals of one kind: (month, fiscal year, measures by name)."""
    names = next(each for kinds in cells.KINDS.values() for each in kinds if each.name == kind).measures
    return [Row(None, month(at) if at else None, year, tuple(values.get(name, 0) for name in names)) for at, year, values in told]


def observation(
    indicator: str,
    period: str,
    value: str,
    *,
    opening: bool = False,
    destination: str | None = None,
    parts: tuple[str, str] | None = None,
    place: tuple[int, str] = (1, "statistics"),
    version: int = 1,
) -> Observation:
    known = periods.parse(period)
    assert known is not None
    numerator, denominator = (Decimal(part) for part in parts) if parts else (None, None)
    stamp = (1_700_000_000_000_000_000 + version).to_bytes(8, "big")
    return Observation(
        indicator, known, destination, opening, Decimal(value), "unit", f"stated by {place[1]}", numerator, denominator, place, stamp
    )  # fmt: skip


def target(indicator: str, name: str, set_on: str, value: str, due: str, *, version: int = 1) -> Target:
    return Target(indicator, name, date.fromisoformat(set_on), Decimal(value), date.fromisoformat(due), version.to_bytes(8, "big"))


def known(
    totals: Mapping[str, Sequence[Row]] | None = None,
    observations: Sequence[Observation] = (),
    targets: Sequence[Target] = (),
    today: date = TODAY,
) -> Known:
    observed: dict[str, list[Observation]] = {}
    for one in observations:
        observed.setdefault(one.indicator, []).append(one)
    wanted: dict[str, list[Target]] = {}
    for each in targets:
        wanted.setdefault(each.indicator, []).append(each)
    by_part = {(name.partition("/")[0], name.partition("/")[2]): cube for name, cube in (totals or {}).items()}
    return Known(by_part, observed, wanted, {}, today)
