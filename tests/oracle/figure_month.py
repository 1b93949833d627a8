"""Counts of a month: how many units were active in it."""

from dataclasses import dataclass

from tests.oracle import rows
from tests.oracle.counting import MonthCount
from tests.oracle.records import month_of_text, month_text
from tests.oracle.rows import Answer, Question, Rows


@dataclass
class MonthFigure:
    counts: MonthCount
    present: int

    def answer(self, question: Question) -> Answer:
        month = self._month(question)
        value = None if month is None else self.counts.units(month, question.wanted)
        return {"period": None if month is None else month_text(month), **rows.row(value), "opening": None}

    def breakdown(self, question: Question) -> Rows:
        """Of a year the count of its newest month that has ended."""
        if question.by in rows.PERIODS:
            months = self._ended() if question.by == "year" else self._every()
            return {month_text(m)[: 4 if question.by == "year" else 7]: rows.row(self.counts.units(m, question.wanted)) for m in months}
        month = self._month(question)
        counted = {} if month is None else self.counts.by(question.by, month, question.wanted)
        return {code: rows.row(count) for code, count in counted.items()}

    def _month(self, question: Question) -> int | None:
        return self.counts.newest_ended(self.present) if question.period is None else month_of_text(question.period)

    def _every(self) -> range:
        months = [active.month for active in self.counts.active]
        return range(min(months), max(*months, self.present) + 1) if months else range(0)

    def _ended(self) -> range:
        every = self._every()
        return range(every.start, min(every.stop, self.present))
