"""Reporting's totals are the sums of its cells and its figures follow from them: whoever harms either is found out."""

import pytest

from services.reporting import projection
from services.reporting.app import ROOMS
from shared.postgres.connection import Connection, Pool
from shared.repair import verify
from tests.reporting.conftest import connection, dsn, pool, template
from tests.reporting.history import publish_history

__all__ = ["connection", "dsn", "pool", "template"]


@pytest.fixture(autouse=True)
async def published(pool: Pool, connection: Connection) -> None:
    """A history, on the day in which its figures were worked out."""
    await publish_history(pool, connection)


async def tables_found(pool: Pool) -> set[str]:
    differences = await verify.alarm(ROOMS, pool)
    assert differences is not None
    return {difference.table for difference in differences}


async def test_untouched_figures_raise_no_alarm(pool: Pool) -> None:
    assert await tables_found(pool) == set()


HARMS = {
    "delete from cell where ctid = (select min(ctid) from cell where kind = 'listing')": {"total"},
    "insert into cell select kind, 'export', key, month, fiscal_year, known, measures, 1, 1 from cell where kind = 'seller'": {"total"},
    "update cell set measures = array(select 2 * measure from unnest(measures) as measure) where kind = 'listing'": {"total"},
    "delete from total": {"total", "figure"},
    "update total set measures[1] = measures[1] + 1 where kind = 'listing'": {"total", "figure"},
    "update figure set figure = replace(figure, '\"value\":', '\"value\":1') where indicator = 'onboarded'": {"figure"},
    "delete from figure where indicator = 'onboarded'": {"figure"},
    "delete from observation": {"figure"},
}


@pytest.mark.parametrize("harm", HARMS)
async def test_a_deleted_doubled_or_changed_row_is_found(pool: Pool, harm: str) -> None:
    await pool.execute(harm)
    assert await tables_found(pool) == HARMS[harm]


async def test_a_new_day_without_figures_is_no_alarm(pool: Pool, connection: Connection) -> None:
    """What is noted on a new day, before that day's figures are worked out, does not make them look old."""
    await connection.execute("update head set today = today - 40")
    today = await connection.fetchval("select today from head")
    await projection.publish(connection, today)
    await projection.note(connection)
    assert await connection.fetchval("select today from head") == today
    assert await tables_found(pool) == set()
