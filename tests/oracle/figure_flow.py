"""Flows and their shares: what was dated within a period; openings only in what is asked of all time."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.oracle import observations, rows, writing
from tests.oracle.catalogue import UNCLASSIFIED, Indicator
from tests.oracle.counting import Amount, Filter, Flow, Number
from tests.oracle.observations import Opening
from tests.oracle.records import Fact, month_of_text
from tests.oracle.rows import Answer, Question, Row, Rows


@dataclass
class FlowFigure:
    """`kind` is what has to have data in the headline's period, where that is more than the flow itself."""

    indicator: Indicator
    flow: Flow
    opened: list[Opening]
    present: int
    kind: Flow | None = None

    def period(self) -> str | None:
        """The headline's."""
        if self.indicator.headline == "all":
            return "all"
        return (self.kind or self.flow).newest(self.indicator.headline, self._useful)

    def answer(self, question: Question) -> Answer:
        period = question.period or self.period()
        narrowed = self._narrowed(period, question.wanted)
        number = self.flow.sum(narrowed)
        opening = self._opening_for(period, question.wanted)
        known = bool(number.found) or opening is not None or (self.kind is not None and period is not None)
        return {"period": period, **self._row(number, self._remainder(opening), known), "opening": self._opening(opening)}

    def breakdown(self, question: Question) -> Rows:
        period = question.period or self.period()
        across = question.by in rows.PERIODS
        narrowed = question.wanted if across else self._narrowed(period, question.wanted)
        found: Rows = {code: self._row(number, Decimal(0)) for code, number in self.flow.by(question.by, narrowed).items()}
        opening = self._opening_for(period, question.wanted)  # months show their own amounts; one row beside them makes them add up
        if opening is not None:
            found["opening"] = self._row(Number(), self._remainder(opening))
        return found

    def _row(self, number: Number, remainder: Decimal, known: bool = True) -> Row:
        if self.indicator.number != "share":
            return rows.row(writing.write(number.top + remainder, self.indicator.number) if known else None)
        aside = writing.write(number.aside, "idr") if self.indicator.id in UNCLASSIFIED else None
        parts = (writing.write(number.top, "idr"), writing.write(number.bottom, "idr"))
        return rows.row(writing.percent(number.top, number.bottom), *parts, aside)

    def _remainder(self, opening: Opening | None) -> Decimal:
        return Decimal(0) if opening is None else max(Decimal(0), self._stated(opening) - self._own(opening))

    def _opening(self, opening: Opening | None) -> Answer | None:
        if opening is None:
            return None
        stated, number = self._stated(opening), self.indicator.number
        written = (writing.write(stated, number), writing.write(self._remainder(opening), number))
        return rows.opening(opening, *written, self._own(opening) > stated)

    def _opening_for(self, period: str | None, wanted: Filter) -> Opening | None:
        return observations.newest_by(self.opened, self.present) if period == "all" and not wanted else None

    def _stated(self, opening: Opening) -> Decimal:
        return opening.value * (100 if self.indicator.number == "usd" else 1)

    def _own(self, opening: Opening) -> int:
        """The amount dated until the opening's instant."""
        return sum(amount.top for amount in self.flow.amounts if month_of_text(str(amount.codes["month"])) <= opening.month)

    def _useful(self, amount: Amount) -> bool:
        """A share of a fiscal year needs a denominator."""
        return amount.counts_as_data and (amount.bottom != 0 or self.indicator.number != "share" or self.indicator.headline == "year")

    def _narrowed(self, period: str | None, wanted: Filter) -> Filter:
        """A filter on a period takes the place of the headline's."""
        if period is None or period == "all" or any(dimension in rows.PERIODS for dimension in wanted):
            return wanted
        dimension = "month" if len(period) == 7 else "fiscal_year" if "fiscal_year" in self.indicator.dimensions else "year"
        return {**wanted, dimension: period}


@dataclass
class ExportShare:
    """`export_value` of a year over the national export value observed for that year; only years that have both."""

    flow: Flow
    national: dict[tuple[str, str | None], Fact]

    def answer(self, question: Question) -> Answer:
        found = self._years()
        year = question.period or max((code for code in found if code is not None), default=None)
        return {"period": year, **found.get(year, rows.row(None)), "opening": None}

    def breakdown(self, question: Question) -> Rows:
        assert question.by == "year"
        return self._years()

    def _years(self) -> Rows:
        return {
            year: self._share(number.top, Decimal(self.national[(year, None)].data["value"]))
            for year, number in self.flow.by("year", {}).items()
            if year is not None and (year, None) in self.national
        }

    def _share(self, cents: int, dollars: Decimal) -> Row:
        share = writing.percent(Fraction(cents, 100), Fraction(dollars))
        return rows.row(share, writing.write(cents, "usd"), writing.plain(dollars))
