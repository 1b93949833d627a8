"""What is answered: a question and what is known come in, a figure with its rows goes out. Cells are read only for codes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting import knowledge
from services.reporting.api.question import Question
from services.reporting.figures import breakdown, headline, observed, openings, periods, scopes
from services.reporting.figures import known as figures
from services.reporting.figures.breakdown import TIMES, Asked
from services.reporting.figures.headline import Answer, Parts
from services.reporting.figures.known import Cube, Known
from services.reporting.figures.periods import EVERYTHING, Scope
from services.reporting.indicators import load
from shared.postgres.connection import Connection
from shared.runtime.problems import Problem

FILTERED = "Filtered: the opening balance, which others stated as a total, is left out."
TODAYS = "Past months are in today's classification."
OF_A_MONTH = "Each year shows its newest ended month with data: distinct counts of months do not add up."


async def answer(connection: Connection, known: Known, question: Question) -> dict[str, Any]:
    """The figure that is asked for; with `by` also its rows."""
    if question.indicator.kind == "observation":
        told, rows = of_observations(known, question)
    elif question.group is None:
        told, rows = of_two_sources(known, question)
    else:
        told, rows = await of_cells(connection, known, question)
    figure = headline.written(question.indicator, known, told, filtered=question.is_filtered)
    if question.by is not None:
        figure |= {"by": question.by, "additive": is_additive(question), "rows": rows}
    if question.by is not None or question.is_filtered:
        figure["notes"] = notes(known, question)
    return figure


def of_observations(known: Known, question: Question) -> tuple[Answer, breakdown.Rows]:
    """Observations have no cells: a period and a destination choose among them."""
    indicator, destination = question.indicator, question.filters.get("destination")
    ours = [one for one in known.observed(indicator.id) if one.destination == destination]
    wished = None if question.period is None else question.period.text
    told = headline.of_observation(indicator, observed.newest(one for one in ours if wished in (None, one.period.text)))
    if question.by == "destination":
        period = wished or told.period or newest_period_by_destination(known, question)
        ours = [one for one in known.observed(indicator.id) if one.destination is not None and one.period.text == period]
    elif wished is not None:
        ours = [one for one in ours if one.period.text == wished]
    return told, [] if question.by is None else breakdown.of_observations(indicator, question.by, ours)


def newest_period_by_destination(known: Known, question: Question) -> str | None:
    newest = observed.newest(one for one in known.observed(question.indicator.id) if one.destination is not None)
    return None if newest is None else newest.period.text


def of_two_sources(known: Known, question: Question) -> tuple[Answer, breakdown.Rows]:
    indicator = question.indicator
    told = headline.answer(indicator, known, scope_of(known, question))
    if question.by is None:
        return told, []
    base = load()[indicator.rests_on or ""]
    return told, breakdown.of_two_sources(Asked(indicator, base.groups[0], question.by, known, within(question)))


async def of_cells(connection: Connection, known: Known, question: Question) -> tuple[Answer, breakdown.Rows]:
    """Unfiltered values come from the totals; codes, and whatever is filtered by them, from the cells."""
    indicator, group, scope = question.indicator, question.group, scope_of(known, question)
    assert group is not None
    by_time = question.by in TIMES
    cube: Cube = ()
    if question.filters or (question.by is not None and not by_time):
        sought = EVERYTHING if by_time or scope is None else scope
        cube = await knowledge.get_cube(
            connection, group, None if by_time else question.by, by_time=by_time, scope=sought, filters=question.filters
        )
    elif by_time:
        cube = known.total(group)
    told = narrowed(known, question, scope, cube) if question.is_filtered else headline.answer(indicator, known, scope)
    return told, rows(known, question, told, scope, cube)


def narrowed(known: Known, question: Question, scope: Scope | None, cube: Cube) -> Answer:
    """A filtered value: without opening; what is known to be nothing is 0, what has no data is null."""
    indicator = question.indicator
    if scope is None:
        return Answer(Parts())
    # Without a code the distinct count of the whole: units in several codes of the group at hand would count several times.
    group = question.group if question.filters and question.group is not None else indicator.groups[0]
    summed = cube if question.filters else known.total(group)
    covered = scope if not question.filters or question.by in TIMES else EVERYTHING
    parts = headline.of_sums(indicator, group, figures.sums(summed, covered))
    return Answer(parts if headline.is_known(indicator, known, scope) else Parts(), scope.text, scope.end)


def rows(known: Known, question: Question, told: Answer, scope: Scope | None, cube: Cube) -> breakdown.Rows:
    indicator, group, by = question.indicator, question.group, question.by
    if by is None or group is None or (scope is None and by not in TIMES):
        return []
    opening = told.opening
    if by in TIMES:
        series = () if question.is_filtered else openings.standing(indicator, known)
        found = breakdown.by_time(Asked(indicator, group, by, known, within(question), series), cube)
        opening = None if indicator.kind == "stock" else opening
    else:
        found = breakdown.by_code(Asked(indicator, group, by, known), cube)
    return breakdown.with_opening(found, by, indicator, opening)


def scope_of(known: Known, question: Question) -> Scope | None:
    """Of a wished period, of a filter on time, else of the headline. Raises Problem for a stock of the future."""
    indicator = question.indicator
    if question.everything:
        return scopes.everything(indicator, known)
    if question.period is not None:
        check_begun(known, question, question.period.first)
        return scopes.of_period(indicator, known, question.period)
    if not question.times:
        return scopes.headline(indicator, known)
    scope = within(question)
    if "year" in question.times and indicator.kind == "month-count":
        return scopes.newest_month(indicator, known, question.times["year"].first // 12)
    if scopes.accumulates(indicator):
        check_begun(known, question, scope.first or 0)
        return scopes.of_stock(scope, known)
    return scope


def check_begun(known: Known, question: Question, first: int) -> None:
    if scopes.accumulates(question.indicator) and first > known.present:
        present = periods.month_text(known.present)
        raise Problem(
            400, "impossible-period", f"{question.indicator.id} stands until now: later periods have nothing.", [f"until {present}"]
        )


def within(question: Question) -> Scope:
    """The calendar bounds of rows by time."""
    scope = EVERYTHING
    if question.period is not None:
        return calendar(question, "period", question.period)
    for name, period in question.times.items():
        scope = replace(scope.within(calendar(question, name, period)), text=period.text, end=period.end)
    return scope


def calendar(question: Question, name: str, period: periods.Period) -> Scope:
    """A fiscal year where the indicator's years are fiscal ones, else months."""
    years_are_fiscal = question.group is not None and "fiscal_year" in question.group.dimensions
    if name == "fiscal_year" or (name == "period" and period.form == "YYYY" and years_are_fiscal):
        return periods.fiscal_year_scope(period.first // 12)
    return Scope(period.text, period.first, period.last, None, period.end)


def is_additive(question: Question) -> bool:
    """Whether rows add up to the value: levels and distinct counts of several months do not."""
    return question.additive and (question.by not in TIMES or question.indicator.kind in ("flow", "share"))


def notes(known: Known, question: Question) -> list[str]:
    said: Mapping[str, bool] = {
        FILTERED: question.is_filtered and bool(openings.standing(question.indicator, known)),
        TODAYS: question.by in TIMES and bool(question.filters) and question.indicator.kind == "stock",
        OF_A_MONTH: question.by == "year" and question.indicator.kind == "month-count",
    }
    return [sentence for sentence, applies in said.items() if applies]
