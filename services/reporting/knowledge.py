"""Everything that figures rest on, read from the database at one instant: rows come in, a `Known` goes out."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.reporting.figures import periods
from services.reporting.figures.known import Known, Observation, Row, Target
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))


async def get_known(connection: Connection, today: date) -> Known:
    """Four small tables: none of them grows with events."""
    totals: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in await connection.fetch(QUERIES.list_totals):
        totals[row["kind"], row["part"]].append(read_row(None, row))
    observations: dict[str, list[Observation]] = defaultdict(list)
    for row in await connection.fetch(QUERIES.list_observations):
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
