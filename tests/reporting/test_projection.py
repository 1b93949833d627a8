"""What reporting keeps: cells become visible at watermarks only, newer versions win, totals equal the cells, facts have outcomes."""

import random

from services.reporting import projection
from shared.postgres.connection import Connection, Pool
from tests.reporting import sending
from tests.reporting.knowledge import TODAY
from tests.reporting.sending import aimed, cell, observed, tell, watermark

WEST, EAST = ["2024-03", "ID-JB", "producer", "micro", "shop-a"], ["2024-03", "ID-JI", "producer", "micro", "shop-a"]
TOTALS = (
    """select kind, part, month, fiscal_year, measures from total where measures <> array[0,0,0,0,0,0]::numeric[] order by 1, 2, 3, 4"""
)
RECOUNT = """with counted as (
  select kind, part, month, fiscal_year, array[
    coalesce(sum(measures[1]), 0), coalesce(sum(measures[2]), 0), coalesce(sum(measures[3]), 0),
    coalesce(sum(measures[4]), 0), coalesce(sum(measures[5]), 0), coalesce(sum(measures[6]), 0)] as measures
  from cell cross join lateral (select '' as part union all select 'known' where known) as parts group by 1, 2, 3, 4)
select * from counted where measures <> array[0,0,0,0,0,0]::numeric[] order by 1, 2, 3, 4"""


async def onboarded(connection: Connection) -> int | None:
    value: int | None = (await sending.figures(connection)).get("onboarded", {}).get("value")
    return value


async def test_nothing_is_visible_before_its_watermark(connection: Connection) -> None:
    await tell(connection, cell("onboarding", "listing", WEST, 1, onboarded=5, listings=6))
    assert await onboarded(connection) is None
    await tell(connection, watermark("onboarding", 1, listing=1_700_000_000_123_000_000))
    told = await sending.figures(connection)
    assert (told["onboarded"]["value"], told["listings"]["value"]) == (5, 6)
    assert told["onboarded"]["watermark"] == "2023-11-14T22:13:20.123Z"


async def test_a_reclassification_is_never_seen_half(connection: Connection) -> None:
    await tell(connection, cell("onboarding", "listing", WEST, 1, onboarded=5), watermark("onboarding", 1))
    await tell(connection, cell("onboarding", "listing", WEST, 2, onboarded=4))
    assert await onboarded(connection) == 5
    await tell(connection, cell("onboarding", "listing", EAST, 2, onboarded=1), watermark("onboarding", 2))
    assert await onboarded(connection) == 5
    assert await connection.fetchval("select count(*) from pending_cell") == 0


async def test_the_beginning_of_the_next_flush_in_one_batch_waits(connection: Connection) -> None:
    await tell(
        connection,
        cell("onboarding", "listing", WEST, 1, onboarded=5),
        watermark("onboarding", 1),
        cell("onboarding", "listing", WEST, 2, onboarded=4),
    )
    assert await onboarded(connection) == 5


async def test_an_old_relay_that_wakes_up_changes_nothing(connection: Connection) -> None:
    await tell(connection, cell("onboarding", "listing", WEST, 7, onboarded=9), watermark("onboarding", 7))
    await tell(connection, cell("onboarding", "listing", WEST, 3, onboarded=2), watermark("onboarding", 3))
    assert await onboarded(connection) == 9
    await tell(connection, cell("onboarding", "listing", WEST, 8, onboarded=10))
    await tell(connection, watermark("onboarding", 3))
    assert await onboarded(connection) == 9
    await tell(connection, watermark("onboarding", 8))
    assert await onboarded(connection) == 10


async def test_a_new_generation_wins_over_any_number(connection: Connection) -> None:
    await tell(connection, cell("onboarding", "listing", WEST, 900, onboarded=9), watermark("onboarding", 900))
    again = (cell("onboarding", "listing", WEST, 1, 2, onboarded=3), watermark("onboarding", 1, 2))
    await tell(connection, *again)
    await tell(connection, *again)
    assert await onboarded(connection) == 3


async def test_totals_equal_a_recount_of_the_cells_after_any_flushes(connection: Connection) -> None:
    chance = random.Random(8)
    for number in range(1, 40):
        told = [
            cell(
                "onboarding",
                "listing",
                [f"2024-{chance.randint(1, 4):02d}", "ID-JB", "producer", "micro", "a"],
                number,
                onboarded=chance.randint(-3, 9),
            ),
            cell("onboarding", "trading", [None, "ID-JB", "producer", chance.choice("ab")], number, value_idr=chance.randint(0, 10**16)),
        ]
        chance.shuffle(told)
        await tell(connection, *told, *([watermark("onboarding", number)] if chance.random() < 0.6 else []))
    export = ["2024-05", "ID-BA", "JP", "030", "03", "PEB", "fisheries"]
    await tell(connection, cell("export", "export", export, 1, fob_cents=1234, items=1), watermark("export", 1))
    assert [tuple(row) for row in await connection.fetch(TOTALS)] == [tuple(row) for row in await connection.fetch(RECOUNT)]
    priority = (await sending.figures(connection))["priority_commodity_value"]
    assert (priority["value"], priority["period"]) == ("12.34", "2024")


async def test_only_figures_that_change_are_published(connection: Connection) -> None:
    await tell(connection, cell("onboarding", "listing", WEST, 1, onboarded=5), watermark("onboarding", 1))
    first = await connection.fetchval("select seq from head")
    await tell(connection, cell("onboarding", "listing", WEST, 1, onboarded=5), watermark("onboarding", 1))
    assert await connection.fetchval("select seq from head") == first
    await tell(connection, cell("onboarding", "listing", WEST, 2, onboarded=6), watermark("onboarding", 2))
    changed = await connection.fetch("select indicator from change where seq > $1 order by seq", first)
    assert [row["indicator"] for row in changed] == ["onboarded", "onboarded_share"]


async def test_observations_have_one_outcome_each_and_the_newest_version_stands(pool: Pool, connection: Connection) -> None:
    assert await sending.state(pool, observed("credit_share", "2022", "21", 2)) == ["applied"]
    assert await sending.state(pool, observed("credit_share", "2022", "21", 2)) == ["repeated"]
    assert await sending.state(pool, observed("credit_share", "2022", "19", 1)) == ["superseded"]
    several = [observed("credit_share", "2022", value, 3) for value in ("22", "23", "22")]
    assert sorted(await sending.state(pool, *several)) in (["applied", "conflicted", "repeated"], ["applied", "conflicted", "conflicted"])
    assert (await sending.figures(connection))["credit_share"]["value"] in ("22", "23")


async def test_of_a_conflict_the_same_content_stands_in_any_order(pool: Pool, connection: Connection) -> None:
    for name, values in (("one", ("22", "23")), ("two", ("23", "22"))):
        for value in values:
            await sending.state(pool, observed(name, "2022", value, 3))
    stands = {row["indicator"]: row["value"] for row in await connection.fetch("select indicator, value from observation")}
    for name in ("one", "two"):
        smaller = min(("22", "23"), key=lambda value: observed(name, "2022", value, 3).digest)
        assert stands[name] == smaller


async def test_the_publisher_who_comes_first_leads(pool: Pool, connection: Connection) -> None:
    ranks = {"office": 1, "ministry": 2}
    stated = (observed("msme_population", "2023", "1", 9, "ministry"), observed("msme_population", "2023", "64000000", 1, "office"))
    await sending.state(pool, *stated, ranks=ranks)
    assert (await sending.figures(connection))["msme_population"]["value"] == 64_000_000


async def test_the_published_line_comes_out_of_the_database(pool: Pool, connection: Connection) -> None:
    await sending.state(
        pool,
        observed("onboarded", "2023-12", "25292701", 1, opening=True),
        observed("msme_population", "2023", "64000000", 2),
        aimed("onboarded", "2022-01", "30000000", 3),
    )
    told = await sending.figures(connection)
    assert (told["onboarded"]["value"], told["onboarded_share"]["value"]) == (25_292_701, "39.52")
    assert (told["onboarded"]["target"]["percent"], told["onboarded"]["target"]["remaining"]) == ("84.31", 4_707_299)


async def test_changes_are_kept_within_a_bound(connection: Connection) -> None:
    async with connection.transaction():
        await connection.execute("update head set seq = $1", projection.CHANGES_KEPT + 10)
        await connection.execute("insert into change(seq, indicator, figure) values (1, 'x', '{}')")
        await projection.publish(connection, TODAY)
    assert await connection.fetchval("select min(seq) from change") > 10
