"""The target beside a figure: percent of a share from its exact ratio, what remains from the value as it is shown."""

from decimal import Decimal
from fractions import Fraction

from tests.oracle import writing
from tests.oracle.records import Fact
from tests.oracle.rows import Answer


def target_of(fact: Fact | None, answer: Answer, number: str) -> Answer | None:
    if fact is None:
        return None
    kind = "count" if number == "count" else "idr"
    aim = Decimal(fact.data["value"])
    percent, remaining = None, None
    if answer["value"] is not None:
        percent = writing.percent(_exact(answer, number), Fraction(aim))
        remaining = writing.write(max(Decimal(0), aim - Decimal(answer["value"])), kind)
    return {
        "version": fact.data["version"],
        "value": writing.write(aim, kind),
        "due": fact.data["due"],
        "percent": percent,
        "remaining": remaining,
    }


def _exact(answer: Answer, number: str) -> Fraction:
    if number != "share":
        return Fraction(answer["value"])
    return Fraction(answer["numerator"]) * 100 / Fraction(answer["denominator"])
