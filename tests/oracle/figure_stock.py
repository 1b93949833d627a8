"""Stocks: how many stand at the end of a month, and their share of a population."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.oracle import observations, rows, writing
from tests.oracle.counting import Filter, Stock
from tests.oracle.observations import Opening
from tests.oracle.records import Fact, month_of_text, month_text
from tests.oracle.rows import Answer, Question, Row, Rows


@dataclass
class StockFigure:
    """Units that stand; the remainder of the newest opening is added where nothing is filtered."""

    stock: Stock
    opened: list[Opening]
    present: int

    def answer(self, question: Question) -> Answer:
        opening = self._opening_for(question)
        value = self.stock.count(question.month, question.wanted) + self._remainder(opening)
        known = bool(self.stock.stays) or opening is not None
        return {"period": question.period or "all", **rows.row(value if known else None), "opening": self.opening(opening)}

    def breakdown(self, question: Question) -> Rows:
        if question.by in rows.PERIODS:
            return {code: rows.row(self.value_at(month, question.wanted)) for code, month in self.months_by(question.by).items()}
        counted = self.stock.by(question.by, question.month, question.wanted)
        found: Rows = {code: rows.row(count) for code, count in counted.items()}
        opening = self._opening_for(question)
        if opening is not None:
            found["opening"] = rows.row(self._remainder(opening))
        return found

    def value_at(self, month: int, wanted: Filter) -> int:
        """The figure of a month: our own count and the remainder of the newest opening by then."""
        opening = None if wanted else observations.newest_by(self.opened, month)
        return self.stock.count(month, wanted) + self._remainder(opening)

    def opening(self, opening: Opening | None) -> Answer | None:
        if opening is None:
            return None
        own = self.stock.count(opening.month, {})
        return rows.opening(opening, int(opening.value), self._remainder(opening), own > opening.value)

    def months_by(self, by: str) -> dict[str, int]:
        """Every month from the first to the present one; of a year its last one."""
        starts = [opening.month for opening in self.opened] + [stay.start for stay in self.stock.stays]
        months = range(min(starts, default=self.present + 1), self.present + 1)
        return {month_text(month)[: 4 if by == "year" else 7]: month for month in months}

    def _opening_for(self, question: Question) -> Opening | None:
        if question.wanted:
            return None
        return observations.newest_by(self.opened, self.present if question.month is None else question.month)

    def _remainder(self, opening: Opening | None) -> int:
        return 0 if opening is None else max(0, int(opening.value) - self.stock.count(opening.month, {}))


@dataclass
class OnboardedShare:
    """`onboarded` of a month over the newest population observed by its end."""

    onboarded: StockFigure
    population: dict[tuple[str, str | None], Fact]

    def answer(self, question: Question) -> Answer:
        month = self.onboarded.present if question.period is None else month_of_text(question.period)
        opening = observations.newest_by(self.onboarded.opened, month)
        return {"period": month_text(month), **self._at(month), "opening": self.onboarded.opening(opening)}

    def breakdown(self, question: Question) -> Rows:
        return {code: self._at(month) for code, month in self.onboarded.months_by(question.by).items()}

    def _at(self, month: int) -> Row:
        period = observations.newest_period(self.population, observations.month_end(month))
        known = bool(self.onboarded.stock.stays or self.onboarded.opened)
        if not known:
            return rows.row(None)
        top = self.onboarded.value_at(month, {})
        if period is None:
            return rows.row(None, top)
        bottom = Decimal(self.population[(period, None)].data["value"])
        return rows.row(writing.percent(top, Fraction(bottom)), top, int(bottom))
