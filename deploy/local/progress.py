"""The live table of `make progress` and `make demo`. In: `GET /v1/progress`; out: a table for the terminal."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.local import ask

REFRESH_SECONDS = 1
# without a terminal the table would fill a log
PLAIN_SECONDS = 30


async def figures(api: str) -> list[Mapping[str, Any]] | None:
    """All figures, or nothing when the API does not answer in time."""
    answer = await ask.get(f"{api}/v1/progress")
    if answer is None or answer[0] != 200:
        return None
    body = json.loads(answer[1])
    return list(body["indicators"])


async def show_live(api: str, console: Console) -> None:
    """Show the table until we are cancelled; what others print meanwhile stays above it."""
    if not console.is_terminal:
        while True:
            await asyncio.sleep(PLAIN_SECONDS)
            await show_once(api, console)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            known = await figures(api)
            if known is not None:
                live.update(table(known), refresh=True)
            await asyncio.sleep(REFRESH_SECONDS)


async def show_once(api: str, console: Console) -> bool:
    known = await figures(api)
    if known is not None:
        console.print(table(known))
    return known is not None


def table(known: list[Mapping[str, Any]]) -> Table:
    """One row an indicator: its value, its target and how far it is."""
    made = Table("indicator", title="Denyut", title_justify="left")
    for name in ("value", "unit", "period", "target", "%"):
        made.add_column(name, justify="left" if name in ("unit", "period") else "right", no_wrap=True)
    for figure in known:
        target = figure.get("target") or {}
        made.add_row(
            name_of(figure),
            number(figure.get("value")),
            str(figure.get("unit") or ""),
            str(figure.get("period") or ""),
            number(target.get("value")),
            str(target.get("percent") or ""),
        )
    return made


def name_of(figure: Mapping[str, Any]) -> str:
    names = figure.get("name")
    return str(names.get("en") if isinstance(names, Mapping) else figure["id"])


def number(value: object) -> str:
    """Digits in groups of three, nothing rounded; a dash where there is no data."""
    if value is None:
        return "–"
    whole, point, rest = str(value).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() else str(value)
