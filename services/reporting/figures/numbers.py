"""Numbers as readers see them: exact integers and decimals come in, JSON integers and plain decimal strings go out.

Counts are integers, amounts, shares and percents strings without exponent; a percent is rounded half-even to two places,
always from the exact ratio.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Shown = int | str


@dataclass(frozen=True, slots=True)
class Amount:
    """One number: exact in the unit that readers see (dollars, not cents), and as it is shown."""

    exact: Fraction
    shown: Shown


def amount(number: str, value: int) -> Amount:
    """A sum of cells: `number` is count, rupiah or dollars (then `value` is in cents)."""
    if number == "dollars":
        return Amount(Fraction(value, 100), two_places(value))
    return Amount(Fraction(value), value if number == "count" else str(value))


def stated(number: str, value: Decimal) -> Amount:
    """A number as somebody stated it: a count is an integer where it is whole, all else keeps its digits."""
    if number == "count" and value == value.to_integral_value():
        return Amount(Fraction(value), int(value))
    return Amount(Fraction(value), format(value, "f"))


def in_cells(number: str, value: Decimal) -> int:
    """A stated amount in the unit of cells: whole, and cents for dollars."""
    return round(Fraction(value) * (100 if number == "dollars" else 1))


def percent(numerator: Fraction, denominator: Fraction) -> Amount | None:
    """The exact percentage, shown with two places; None without a denominator."""
    if denominator == 0:
        return None
    exact = 100 * numerator / denominator
    return Amount(exact, two_places(round(exact * 100)))


def two_places(hundredths: int) -> str:
    """1234 → 12.34"""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


def less(number: str, target: Decimal, value: Amount) -> Shown:
    """How much is missing to a target, from what is shown; at least 0."""
    return stated(number, max(target - Decimal(str(value.shown)), Decimal(0))).shown
