"""The 249 countries assigned in ISO 3166-1, and the world region of each."""

import csv
from pathlib import Path


def _read() -> dict[str, str]:
    with (Path(__file__).parent / "data" / "countries.csv").open(encoding="utf-8", newline="") as lines:
        return {row["iso_3166_1"]: row["m49_region"] for row in csv.DictReader(lines)}


# The United Nations gives Antarctica no region, and does not list Taiwan.
NO_REGION = "other"
REGIONS = {code: region or NO_REGION for code, region in _read().items()}
CODES = tuple(REGIONS)


def region(country: str) -> str:
    """The UN M49 sub-region (`035`; `419` Latin America and the Caribbean, `202` Africa south of the Sahara), else `other`."""
    return REGIONS.get(country, NO_REGION)
