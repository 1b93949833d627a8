"""Whether a stated share can follow from its stated parts: each of them was rounded to its last stated digit before us."""

from decimal import Decimal
from fractions import Fraction


def _half_unit(stated: Decimal) -> Fraction:
    """Half a unit of the last stated digit."""
    exponent = stated.as_tuple().exponent
    return Fraction(10) ** int(exponent) / 2


def agrees(percent: Decimal, numerator: Decimal, denominator: Decimal) -> bool:
    """Whether the parts, each within half a unit of its last digit, can give a ratio that rounds or is cut off to `percent`.

    Rounded: from half a unit below to half a unit above; cut off: up to a whole unit above.
    """
    half, half_above, half_below = _half_unit(percent), _half_unit(numerator), _half_unit(denominator)
    stated, above, below = Fraction(percent) / 100, Fraction(numerator), Fraction(denominator)
    lowest_wanted, highest_wanted = stated - half / 100, stated + 2 * half / 100
    # above / below >= wanted, without dividing: the denominator may be as small as nothing.
    smallest_above, largest_below = max(above - half_above, Fraction()), below + half_below
    largest_above, smallest_below = above + half_above, max(below - half_below, Fraction())
    if denominator == 0:
        return False
    return largest_above >= lowest_wanted * smallest_below and smallest_above < highest_wanted * largest_below
