"""Observations: the newest observed value of the newest period."""

from dataclasses import dataclass
from decimal import Decimal

from tests.oracle import observations, rows, writing
from tests.oracle.records import Fact
from tests.oracle.rows import Answer, Question, Row, Rows


@dataclass
class ObservationFigure:
    found: dict[tuple[str, str | None], Fact]

    def answer(self, question: Question) -> Answer:
        asked = self._period(question)
        fact = self.found.get((asked or "", question.wanted.get("destination")))
        return {"period": asked, **self._row(fact), "opening": None}

    def breakdown(self, question: Question) -> Rows:
        if question.by == "period":
            chosen = question.wanted.get("destination")
            return {period: self._row(fact) for (period, place), fact in self.found.items() if place == chosen}
        asked = self._period(question)
        return {place: self._row(fact) for (period, place), fact in self.found.items() if period == asked and place is not None}

    def _period(self, question: Question) -> str | None:
        return observations.newest_period(self.found) if question.period is None else question.period

    def _row(self, fact: Fact | None) -> Row:
        if fact is None:
            return rows.row(None)
        return rows.row(writing.plain(Decimal(fact.data["value"])), fact.data.get("numerator"), fact.data.get("denominator"))
