"""Goods codes of the Harmonized System: their chapter, and the published list of priorities for downstream processing."""

import csv
from pathlib import Path

# Units of UN/ECE Recommendation 20 that count pieces.
PIECES = frozenset({"C62", "H87", "PCE"})


def _read() -> dict[str, str]:
    with (Path(__file__).parent / "data" / "priority_hs.csv").open(encoding="utf-8", newline="") as lines:
        return {row["hs_prefix"]: row["commodity"] for row in csv.DictReader(lines)}


PRIORITIES = _read()
COMMODITIES = tuple(dict.fromkeys(PRIORITIES.values()))
_LENGTHS = sorted({len(prefix) for prefix in PRIORITIES}, reverse=True)


def chapter(code: str) -> str:
    """The chapter of a goods code: its first two digits, as text."""
    return code[:2]


def priority(code: str) -> str | None:
    """The priority commodity of a goods code (`seaweed`), by the longest prefix in the list; None where it has none."""
    for length in _LENGTHS:
        if commodity := PRIORITIES.get(code[:length]):
            return commodity
    return None
