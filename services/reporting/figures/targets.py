"""Targets: their standing versions and a value come in, progress towards the one that holds today goes out."""

from fractions import Fraction

from services.reporting.figures import numbers
from services.reporting.figures.known import Known, Target
from services.reporting.figures.numbers import Amount, Shown
from services.reporting.indicators import Indicator


def holding(name: str, known: Known) -> Target | None:
    """The newest that was set by today; of two set on one day the newer version."""
    past = [target for target in known.targets.get(name, ()) if target.set_on <= known.today]
    return max(past, key=lambda target: (target.set_on, target.version, target.name), default=None)


def progress(indicator: Indicator, known: Known, value: Amount | None) -> dict[str, Shown | None] | None:
    """Percent from the exact value, remaining from the one that is shown."""
    target = holding(indicator.id, known)
    if target is None:
        return None
    share = None if value is None else numbers.percent(value.exact, Fraction(target.value))
    return {
        "version": target.name,
        "value": numbers.stated(indicator.number, target.value).shown,
        "due": target.due.isoformat(),
        "percent": None if share is None else share.shown,
        "remaining": None if value is None else numbers.less(indicator.number, target.value, value),
    }
