"""Which period a figure is of: an indicator and what is known come in, the scope of its headline or of a wish goes out."""

from services.reporting.figures import observed, periods
from services.reporting.figures.known import Known
from services.reporting.figures.periods import Period, Scope
from services.reporting.indicators import Indicator, load


def headline(indicator: Indicator, known: Known) -> Scope | None:
    """The scope of `/v1/progress`; None where nothing has data, and for observations, which have periods of their own."""
    match indicator.headline:
        case "all":
            return everything(indicator, known)
        case "present-month":
            return of_stock(periods.month_scope(known.present), known)
        case "shared-year":
            return shared_year(indicator, known)
        case _:
            return newest_with_data(indicator, known)


def newest_with_data(indicator: Indicator, known: Known) -> Scope | None:
    """The newest calendar year, fiscal year or ended month that has data of the kind."""
    present = known.presence(indicator)
    months = [month for month, _ in present if month is not None]
    if indicator.headline == "year" and months:
        return periods.year_scope(max(months) // 12)
    if indicator.headline == "ended-month":
        newest = max((month for month in months if month < known.present), default=None)
        return None if newest is None else periods.month_scope(newest)
    fiscal_years = [year for _, year in present if year is not None]
    return periods.fiscal_year_scope(max(fiscal_years)) if indicator.headline == "fiscal-year" and fiscal_years else None


def shared_year(indicator: Indicator, known: Known) -> Scope | None:
    """The newest year that has both sources of a share."""
    assert indicator.rests_on is not None
    assert indicator.over is not None
    years = {month // 12 for month, _ in known.presence(load()[indicator.rests_on]) if month is not None}
    both = [year for year in years if observed.of_year(indicator.over, known, year) is not None]
    return periods.year_scope(max(both)) if both else None


def of_period(indicator: Indicator, known: Known, period: Period) -> Scope:
    """The scope of a calendar period: of a stock what stands at its end, of procurement's years the fiscal year."""
    if period.form == "YYYY" and "fiscal_year" in (indicator.groups[0].dimensions if indicator.groups else ()):
        return periods.fiscal_year_scope(period.first // 12)
    scope = Scope(period.text, period.first, period.last, None, period.end)
    return of_stock(scope, known) if accumulates(indicator) else scope


def everything(indicator: Indicator, known: Known) -> Scope:
    return periods.up_to(periods.ALL, known.present, None) if accumulates(indicator) else periods.EVERYTHING


def of_stock(scope: Scope, known: Known) -> Scope:
    """All that began by the scope's end, or by now."""
    last = known.present if scope.last is None else min(scope.last, known.present)
    return periods.up_to(scope.text, last, scope.end)


def accumulates(indicator: Indicator) -> bool:
    """Whether a figure is what stands, not what happened in the period."""
    return indicator.kind == "stock" or indicator.headline == "present-month"


def newest_month(indicator: Indicator, known: Known, year: int) -> Scope | None:
    """Of a count of a month: the newest ended month of a year that has data."""
    months = [month for month, _ in known.presence(indicator) if month is not None and month // 12 == year and month < known.present]
    return periods.month_scope(max(months)) if months else None
