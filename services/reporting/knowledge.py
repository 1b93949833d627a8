"""Everything that figures rest on, read from the database at one instant: rows come in, a `Known` goes out."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.reporting import indicators
from services.reporting.figures import periods
from services.reporting.figures.known import Known, Observation, Row, Target
from services.reporting.figures.periods import Scope
from services.reporting.indicators import Group
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))


OTHERS_SHOWN = 500  # indicators that are observed and not ours; more are kept, and not shown


async def get_known(connection: Connection, today: date) -> Known:
    """Four small tables: none of them grows with events."""
    totals: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in await connection.fetch(QUERIES.list_totals):
        totals[row["kind"], row["part"]].append(read_row(None, row))
    observations: dict[str, list[Observation]] = defaultdict(list)
    for row in await connection.fetch(QUERIES.list_observations, list(indicators.load()), OTHERS_SHOWN):
        observations[row["indicator"]].append(read_observation(row))
    targets: dict[str, list[Target]] = defaultdict(list)
    for row in await connection.fetch(QUERIES.list_targets):
        targets[row["indicator"]].append(read_target(row))
    newest = {(row["service"], row["fact"]): row["time_ns"] for row in await connection.fetch(QUERIES.list_newest)}
    return Known(dict(totals), dict(observations), dict(targets), newest, today)


def read_row(code: str | None, row: Any) -> Row:
    return Row(code, row["month"], row["fiscal_year"], tuple(int(measure) for measure in row["measures"]))


def read_observation(row: Any) -> Observation:
    period = periods.parse(row["period"])
    assert period is not None  # checked when it was taken
    return Observation(
        indicator=row["indicator"],
        period=period,
        destination=row["destination"],
        opening=row["opening"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        stated_by=row["stated_by"],
        numerator=number(row["numerator"]),
        denominator=number(row["denominator"]),
        place=(row["rank"], row["name"]),
        version=row["version"],
    )


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def read_target(row: Any) -> Target:
    return Target(row["indicator"], row["name"], row["set_on"], Decimal(row["value"]), row["due"], row["version"])


async def get_cube(
    connection: Connection, group: Group, by: str | None, *, by_time: bool, scope: Scope, filters: Mapping[str, str]
) -> list[Row]:
    """A group's cells added up: by a dimension's codes within a scope, or by time."""
    places = [group.dimensions[name] + 1 for name in filters]  # SQL counts from 1
    place = None if by is None else group.dimensions[by] + 1
    found = await connection.fetch(
        QUERIES.cube,
        group.cells,
        group.service,
        place,
        by_time,
        group.only_known is not None,
        places,
        list(filters.values()),
        scope.first,
        scope.last,
        scope.fiscal_year,
    )
    return [read_row(row["code"], row) for row in found]
