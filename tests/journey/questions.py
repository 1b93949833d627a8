"""What to ask of each indicator: every breakdown, every filter with a code that occurs, and periods past and present."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.oracle.catalogue import INDICATORS, Indicator
from tests.oracle.recount import Recount

_PERIODS = ("month", "year", "fiscal_year")


@dataclass(frozen=True)
class Asked:
    """`must`: the contract leaves no choice but to answer it. `unsettled`: it does not say what the answer is."""

    indicator: str
    by: str = ""
    period: str | None = None
    wanted: dict[str, str] = field(default_factory=dict)
    must: bool = True
    unsettled: bool = False

    @property
    def query(self) -> dict[str, str]:
        stated = {"by": self.by, "period": self.period or "", **self.wanted}
        return {name: value for name, value in stated.items() if value}

    def __str__(self) -> str:
        return f"{self.indicator}?{'&'.join(f'{name}={value}' for name, value in self.query.items())}"


def questions(recount: Recount) -> Iterator[Asked]:
    for name in recount.figures:
        indicator = INDICATORS.get(name)
        if indicator is None:
            yield from _observed(recount, name)
        else:
            yield from _breakdowns(indicator)
            yield from _periods(recount, indicator)
            yield from _filtered(recount, indicator)


def _breakdowns(indicator: Indicator) -> Iterator[Asked]:
    for by in indicator.dimensions:
        yield Asked(indicator.id, by, unsettled=indicator.shape == "month-count" and by == "year")


def _periods(recount: Recount, indicator: Indicator) -> Iterator[Asked]:
    """A closed month and year everywhere where they make sense, `all` of flows and stocks."""
    year = str(recount.now.year - 1)
    month = f"{recount.now.year - 1}-10" if recount.now.month < 5 else f"{recount.now.year}-{recount.now.month - 2:02d}"
    by = next((name for name in indicator.dimensions if name not in _PERIODS), "")
    if indicator.shape in ("stock", "flow", "ratio"):
        for period in (year, "all"):
            yield Asked(indicator.id, "", period)
            yield Asked(indicator.id, by, period, must=False)
    if "month" in indicator.dimensions:
        yield Asked(indicator.id, "", month, must=indicator.shape in ("stock", "month-count", "onboarded-share"))
        if by:
            yield Asked(indicator.id, by, month, must=False)
    if indicator.shape == "export-share":
        yield Asked(indicator.id, "", year, must=False)


def _filtered(recount: Recount, indicator: Indicator) -> Iterator[Asked]:
    """Each dimension beside each other; stocks and counts of a month take no filter on a period."""
    for dimension in indicator.dimensions:
        if dimension in _PERIODS and indicator.shape not in ("flow", "ratio"):
            continue
        codes = _codes(recount, indicator.id, dimension)
        for by in indicator.dimensions:
            unsettled = indicator.shape == "month-count" and by == "year"
            if by != dimension and codes:
                yield Asked(indicator.id, by, None, {dimension: codes[len(by) % len(codes)]}, must=False, unsettled=unsettled)


def _codes(recount: Recount, indicator: str, dimension: str) -> list[str]:
    found = recount.answer(indicator, by=dimension)["rows"]
    return sorted(code for code, row in found.items() if code not in (None, "opening") and row["value"] not in (None, 0, "0"))


def _observed(recount: Recount, name: str) -> Iterator[Asked]:
    yield Asked(name, "period")
    for period in sorted(code for code in recount.answer(name, by="period")["rows"] if code)[:2]:
        yield Asked(name, "", period)
    destinations = sorted(code for code in recount.answer(name, by="destination")["rows"] if code)
    if destinations:
        yield Asked(name, "destination")
        yield Asked(name, "period", None, {"destination": destinations[0]}, must=False, unsettled=True)
