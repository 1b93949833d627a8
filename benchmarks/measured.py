"""What a run measured: numbers of several runs come in, rows of one table go out, on the terminal and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

LATEST = Path(__file__).with_name("results") / "latest.json"
PAGE_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: the median of several runs, and the least and the most of them. `limit` is None where none is set."""

    case: str
    metric: str
    value: float
    limit: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Limit:
    """What a metric should reach: at least, or at most, this."""

    value: float
    at_most: bool = False

    def holds(self, value: float) -> bool:
        return value <= self.value if self.at_most else value >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {shown(self.value)}"


# The limits of the product, by case and metric; all are ratios of the same run, or seconds and bytes that people feel.
LIMITS: dict[tuple[str, str], Limit] = {
    ("backfill", "of_plain"): Limit(0.4),
    ("backfill", "of_ceiling"): Limit(0.8),
    ("backfill", "times_naive"): Limit(80),
    ("kill", "moving_again_seconds"): Limit(5, at_most=True),
    ("kill", "figures_gone_back"): Limit(0, at_most=True),
    ("resync", "same_of_first_pass"): Limit(1),
    ("resync", "same_wal_bytes"): Limit(20, at_most=True),
    ("resync", "renewed_of_first_pass"): Limit(0.5),
    ("freshness", "p50_seconds"): Limit(0.3, at_most=True),
    ("freshness", "p99_seconds"): Limit(1, at_most=True),
    ("freshness", "loaded_p50_seconds"): Limit(0.3, at_most=True),
    ("freshness", "loaded_p99_seconds"): Limit(1, at_most=True),
    ("fanout", "p99_seconds"): Limit(2, at_most=True),
    ("fanout", "client_bytes"): Limit(50_000, at_most=True),
    ("fanout", "missed_settled_values"): Limit(0, at_most=True),
    ("reads", "progress_per_second"): Limit(5_000),
    ("reads", "by_province_per_second"): Limit(5_000),
    ("scale", "shards_apart"): Limit(0, at_most=True),
    ("register", "listings_apart"): Limit(0, at_most=True),
    ("register", "msmes_apart"): Limit(0, at_most=True),
    ("register", "national_seconds"): Limit(600, at_most=True),
    ("footprint", "largest_service_bytes"): Limit(120_000_000, at_most=True),
    ("peers", "times_flink"): Limit(1.3),
    ("peers", "memory_of_flink"): Limit(0.1, at_most=True),
    ("peers", "cpu_of_flink"): Limit(0.33, at_most=True),
    ("peers", "flink_apart"): Limit(0, at_most=True),
    ("peers", "times_connect"): Limit(1.1),
}


def row(case: str, metric: str, values: Sequence[float]) -> Row:
    """The median of these runs with their bounds."""
    limit = LIMITS.get((case, metric))
    return Row(case, metric, statistics.median(values), None if limit is None else limit.value, min(values), max(values))


def ratios(of: Sequence[float], to: Sequence[float]) -> list[float]:
    """Run by run: what was measured side by side is compared with each other."""
    return [one / other for one, other in zip(of, to, strict=True)]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(percent / 100 * len(ordered)) - 1))]


def shown(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def print_table(rows: Sequence[Row]) -> None:
    table = Table("case", "metric", "value", "min–max", "limit", "", title="Ratios of this run", title_justify="left")
    for one in rows:
        limit = LIMITS.get((one.case, one.metric))
        verdict = "" if limit is None else "holds" if limit.holds(one.value) else "misses"
        span = f"{shown(one.low)}–{shown(one.high)}"
        table.add_row(one.case, one.metric, shown(one.value), span, "" if limit is None else str(limit), verdict)
    Console(width=PAGE_COLUMNS).print(table)


def write(rows: Sequence[Row], load_before: float) -> None:
    """Replace the latest results as a whole."""
    conditions = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": round(load_before, 2),
    }
    LATEST.parent.mkdir(exist_ok=True)
    unfinished = LATEST.with_suffix(".new")
    unfinished.write_text(json.dumps({"conditions": conditions, "rows": [asdict(one) for one in rows]}, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(LATEST)
