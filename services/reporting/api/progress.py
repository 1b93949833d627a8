"""Paths of figures: /v1/indicators, /v1/progress, /v1/progress/{indicator}."""

from typing import Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.reporting import indicators
from services.reporting.api import answer, question, schemas
from services.reporting.api.reader import QUERIES, Head, Reader, parameters
from services.reporting.indicators import Indicator
from shared.postgres.connection import Connection
from shared.runtime.problems import Problem

BY = "Rows by one dimension of the indicator; /v1/indicators lists them."
PERIOD = "YYYY, YYYY-MM, YYYY-MM-DD or all, where the indicator has it; without one, the headline's."


def routes(reader: Reader) -> APIRouter:
    router = APIRouter(tags=["figures"])

    @router.get("/v1/indicators", responses=schemas.of(schemas.Indicators), summary="What can be asked")
    async def list_indicators(request: Request) -> Response:
        parameters(request)
        return await reader.reply(request, get_indicators)

    @router.get("/v1/progress", responses=schemas.of(schemas.Progress), summary="The headline of every indicator")
    async def get_progress(request: Request) -> Response:
        parameters(request)
        return await reader.reply(request, get_headlines)

    @router.get("/v1/progress/{indicator:path}", responses=schemas.of(schemas.Answer), summary="One indicator, its rows, other periods")
    async def get_indicator(
        request: Request,
        indicator: str,
        by: str | None = Query(None, description=BY),  # noqa: ARG001 - for the documentation: read from the request
        period: str | None = Query(None, description=PERIOD),  # noqa: ARG001
    ) -> Response:
        async def make(connection: Connection, head: Head) -> bytes:
            return await get_answer(reader, connection, head, indicator, request.query_params.multi_items())

        return await reader.reply(request, make)

    return router


async def get_indicators(connection: Connection, _: Head) -> bytes:
    names = [row["indicator"] for row in await connection.fetch(QUERIES.list_figures)]
    return orjson.dumps({"indicators": [described(indicator) for indicator in in_order(names)]})


def in_order(names: list[str]) -> list[Indicator]:
    """Ours in their place, whether published yet or not, then whatever else is observed."""
    return sorted({**indicators.load(), **{name: indicators.of(name) for name in names}}.values(), key=lambda one: (one.place, one.id))


def described(indicator: Indicator) -> dict[str, Any]:
    """How an indicator can be asked for."""
    return {
        "id": indicator.id,
        "name": dict(indicator.name),
        "kind": indicator.kind,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "headline": indicator.headline,
        "periods": list(indicator.periods),
        "groups": [{"dimensions": list(names), "additive": additive} for names, additive in indicator.combinations],
        "opening": indicator.opening,
        "definition": dict(indicator.definition),
    }


async def get_headlines(connection: Connection, head: Head) -> bytes:
    """As published last, in the order of the definitions."""
    told = {row["indicator"]: row["figure"] for row in await connection.fetch(QUERIES.list_figures)}
    figures = ",".join(told[indicator.id] for indicator in in_order(list(told)) if indicator.id in told)
    return f'{{"cursor":"{head.cursor}","indicators":[{figures}]}}'.encode()


async def get_answer(reader: Reader, connection: Connection, head: Head, name: str, asked: list[tuple[str, str]]) -> bytes:
    """One indicator: its headline as published where nothing else is asked for."""
    figure = await connection.fetchval(QUERIES.get_figure, name) if question.is_plain(name) else None
    if figure is None:
        names = [row["indicator"] for row in await connection.fetch(QUERIES.list_figures)]
        raise Problem(404, "unknown-indicator", f"There is no indicator {name[:60]!r}.", [one.id for one in in_order(names)])
    understood = question.read(indicators.of(name), asked)
    if understood.is_plain:
        return str(figure).encode()
    known = await reader.get_known(connection, head)
    return orjson.dumps(await answer.answer(connection, known, understood))
