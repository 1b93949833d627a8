"""What is asked of a figure, and what every answer is made of: rows, openings, and the months that a period names."""

from dataclasses import dataclass, field
from typing import Any

from tests.oracle import observations
from tests.oracle.counting import Filter
from tests.oracle.observations import Opening

Row = dict[str, Any]
Rows = dict[str | None, Row]
Answer = dict[str, Any]
PERIODS = ("month", "year", "fiscal_year")


@dataclass(frozen=True)
class Question:
    """Without a period: of the headline's."""

    period: str | None = None
    wanted: Filter = field(default_factory=dict)
    by: str = ""

    @property
    def month(self) -> int | None:
        """None for the headline and `all`; of a year its last month."""
        if self.period in (None, "all"):
            return None
        assert self.period is not None
        end = observations.end_of(self.period)
        return end.year * 12 + end.month - 1


def row(value: Any, numerator: Any = None, denominator: Any = None, unclassified: Any = None) -> Row:
    return {"value": value, "numerator": numerator, "denominator": denominator, "unclassified": unclassified}


def opening(stated: Opening, value: Any, remainder: Any, contradicted: bool) -> Answer:
    return {"value": value, "at": stated.at, "stated_by": stated.stated_by, "remainder": remainder, "contradicted": contradicted}
