"""What people see: figures, rows, filters, periods, and problems that name what is possible."""

from typing import Any

import httpx
import pytest


async def get(api: httpx.AsyncClient, path: str) -> Any:
    reply = await api.get(path)
    assert reply.status_code == 200, reply.text
    return reply.json()


def told(answer: Any) -> dict[Any, Any]:
    return {row[answer["by"]]: row["value"] for row in answer["rows"]}


async def test_progress_has_every_indicator_in_its_place(history: httpx.AsyncClient) -> None:
    progress = await get(history, "/v1/progress")
    assert [figure["id"] for figure in progress["indicators"]][:3] == ["onboarded", "onboarded_share", "listings"]
    onboarded = progress["indicators"][0]
    assert (onboarded["value"], onboarded["target"]["percent"], onboarded["target"]["remaining"]) == (25_292_702, "84.31", 4_707_298)
    assert onboarded == await get(history, "/v1/progress/onboarded")


async def test_rows_add_up_to_the_value_with_the_remainder_as_a_row(history: httpx.AsyncClient) -> None:
    by_province = await get(history, "/v1/progress/onboarded?by=province")
    assert by_province["additive"] is True
    assert told(by_province) == {"ID-JB": 3, None: 1, "opening": 25_292_698}
    assert sum(told(by_province).values()) == by_province["value"]
    by_platform = await get(history, "/v1/progress/onboarded?by=platform")
    assert by_platform["additive"] is False
    assert told(by_platform) == {"a": 4, "b": 1, "opening": 25_292_698}


async def test_filters_leave_the_opening_out_and_say_so(history: httpx.AsyncClient) -> None:
    filtered = await get(history, "/v1/progress/onboarded?by=month&province=ID-JB")
    assert (filtered["value"], filtered["opening"], filtered["target"]) == (3, None, None)
    assert len(filtered["notes"]) == 2
    assert told(filtered)["2023-11"] == 3
    assert told(filtered)["2026-11"] == 3
    by_scale = await get(history, "/v1/progress/onboarded?by=scale&province=ID-JB&role=producer")
    assert told(by_scale) == {"micro": 3}
    nobody = await get(history, "/v1/progress/listings?by=province&platform=nobody")
    assert (nobody["value"], nobody["rows"]) == (0, [])
    at_year = await get(history, "/v1/progress/onboarded?by=platform&year=2023")
    assert (at_year["value"], told(at_year)) == (3, {"a": 3, "b": 1})


PERIODS = [
    ("onboarded?period=2023-11", 3, "2023-11"),
    ("onboarded?period=2024", 25_292_702, "2024"),
    ("onboarded?period=all", 25_292_702, "all"),
    ("traded_value", "100000000000000000", "2026"),
    ("traded_value?period=2025", "70", "2025"),
    ("traded_value?period=2025-03", "70", "2025-03"),
    ("traded_value?period=all", "100000000000000070", "all"),
    ("traded_value?period=2019", None, "2019"),
    ("traded_value?province=ID-JB", "0", "2026"),
    ("traded_value?year=2025&province=ID-JB", "70", "2025"),
    ("local_share?period=2025", "42.86", "2025"),
    ("procurement_value", "400", "2025"),
    ("procurement_value?period=2026-01", "300", "2026-01"),
    ("procurement_value?year=2026", "300", "2026"),
    ("procurement_msme_share?fiscal_year=2025", "25.00", "2025"),
    ("procurement_msme_share?buyer_kind=region", "33.33", "2025"),
    ("procurement_umkk_share", "9.00", "2025"),
    ("procurement_umkk_allocated_share", "40.00", "2025"),
    ("export_value", "130.00", "2025"),
    ("export_share", "13.00", "2025"),
    ("priority_commodity_value", "123.45", "2025"),
    ("priority_commodity_value?commodity=seaweed", "0.00", "2025"),
    ("products_exported", 7, "all"),
    ("sellers_transacting", 1, "2026-01"),
    ("sellers_transacting?period=2026-11", 0, "2026-11"),
    ("national_export_value", "1000", "2025"),
    ("national_export_value?destination=CN", "40.5", "2025"),
    ("national_export_value?period=2024", None, None),
    ("onboarded_share", "39.52", "2026-11"),
    ("onboarded_share?period=2023-12", "39.52", "2023-12"),
    ("ventures", None, "all"),
]


@pytest.mark.parametrize(("question", "value", "period"), PERIODS)
async def test_periods(question: str, value: Any, period: Any, history: httpx.AsyncClient) -> None:
    answer = await get(history, f"/v1/progress/{question}")
    assert (answer["value"], answer["period"]) == (value, period)


ROWS = [
    ("traded_value?by=month", {"2025-03": "70", "2026-01": "100000000000000000"}),
    ("traded_value?by=year&province=ID-JB", {"2025": "70"}),
    ("traded_value?by=province", {"ID-JI": "100000000000000000"}),
    ("traded_value?by=province&period=all", {"ID-JB": "70", "ID-JI": "100000000000000000"}),
    ("traded_value?by=month&period=2025", {"2025-03": "70"}),
    ("procurement_value?by=fiscal_year", {"2025": "400"}),
    ("procurement_value?by=month&fiscal_year=2025", {"2025-02": "100", "2026-01": "300"}),
    ("procurement_value?by=category", {"goods": "300", "works": "100"}),
    ("procurement_msme_share?by=buyer_kind", {"region": "33.33", "soe": "0.00"}),
    ("export_value?by=region", {"030": "130.00"}),
    ("export_value?by=type&destination=JP", {"PEB": "123.45"}),
    ("priority_commodity_value?by=commodity", {"fisheries": "123.45"}),
    ("exporters?by=destination", {"JP": 1}),
    ("exporters?by=year", {"2025": 1, "2026": 1}),
    ("export_share?by=year", {"2025": "13.00"}),
    ("national_export_value?by=period", {"2025": "1000"}),
    ("national_export_value?by=destination", {"CN": "40.5"}),
    ("sellers_transacting?by=year", {"2026": 1}),
]


@pytest.mark.parametrize(("question", "rows"), ROWS)
async def test_rows(question: str, rows: dict[str, Any], history: httpx.AsyncClient) -> None:
    assert told(await get(history, f"/v1/progress/{question}")) == rows


WRONG = [
    ("/v1/progress/nothing", 404, "onboarded"),
    ("/v1/progress/onboarded?colour=red", 400, "province"),
    ("/v1/progress/onboarded?by=destination", 400, "province"),
    ("/v1/progress/onboarded?by=platform&province=ID-JB", 400, "month, year, platform"),
    ("/v1/progress/onboarded?by=province&province=ID-JB", 400, "month, year, province, role, scale"),
    ("/v1/progress/onboarded?province=ID-XX", 400, "ID-JB"),
    ("/v1/progress/onboarded?by=month&by=year", 400, "by"),
    ("/v1/progress/onboarded?period=2027", 400, "until 2026-11"),
    ("/v1/progress/onboarded?period=2026-13", 400, "YYYY-MM"),
    ("/v1/progress/onboarded?period=2025&year=2025", 400, "year"),
    ("/v1/progress/onboarded?month=2025-01&year=2025", 400, "year"),
    ("/v1/progress/onboarded?month=2025", 400, "YYYY-MM"),
    ("/v1/progress/sellers_transacting?period=2025", 400, "YYYY-MM"),
    ("/v1/progress/sellers_transacting?period=all", 400, "YYYY-MM"),
    ("/v1/progress/credit_share?period=all", 400, "YYYY-MM-DD"),
    ("/v1/progress/procurement_umkk_share?period=2025-01", 400, "YYYY"),
    ("/v1/progress/priority_commodity_value?commodity=03", 400, "fisheries"),
    ("/v1/progress/export_value?commodity=3", 400, "an HS chapter: two digits"),
    ("/v1/progress?by=month", 400, None),
    ("/v1/changes?cursor=x", 400, None),
    ("/v1/changes?cursor=%00%ff", 400, None),
    ("/v1/contested?cursor=WzFd", 400, None),
    ("/v1/publishers/nobody/receipts", 404, "statistics"),
    ("/v1/publishers/%00/receipts", 404, "statistics"),
    ("/v1/progress/%00", 404, "onboarded"),
    ("/v1/progress/onboarded?province=%00", 400, None),
    ("/v1/nothing", 404, "/v1/progress"),
]


@pytest.mark.parametrize(("path", "status", "possible"), WRONG)
async def test_problems_name_what_is_possible(path: str, status: int, possible: str | None, history: httpx.AsyncClient) -> None:
    reply = await history.get(path)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == status
    assert possible is None or possible in problem["possible"]
