"""How numbers are written: counts as integers, amounts and percents as plain decimal strings."""

from decimal import Decimal
from fractions import Fraction

Written = int | str | None


def percent(top: Fraction | int, bottom: Fraction | int) -> str | None:
    """In percent, half-even to two places; None without denominator."""
    if bottom == 0:
        return None
    hundredths = round(Fraction(top) * 10_000 / Fraction(bottom))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def plain(number: Decimal) -> str:
    """Without exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write(amount: int | Decimal, number: str) -> Written:
    """`usd` amounts are counted in cents."""
    if number == "count":
        return int(amount)
    if number == "usd":
        return plain(Decimal(amount) / 100)
    return plain(Decimal(amount))
