"""The 38 provinces of today. The project's key is the ISO 3166-2 code; the two other code systems are attributes only:
they disagree with each other about all six provinces of Papua."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Province:
    """`code` is ISO 3166-2 (`ID-JB`); `population` is that of the second half of 2024."""

    code: str
    name: str
    home_affairs_code: str
    bps_code: str
    island_group: str
    time_zone: str
    population: int


def _province(row: dict[str, str]) -> Province:
    return Province(
        code=row["iso_3166_2"],
        name=row["name_id"],
        home_affairs_code=row["kemendagri_code"],
        bps_code=row["bps_code"],
        island_group=row["island_group"],
        time_zone=row["iana_tz"],
        population=int(row["population_2024s2"]),
    )


def _read() -> dict[str, Province]:
    with (Path(__file__).parent / "data" / "provinces.csv").open(encoding="utf-8", newline="") as lines:
        return {province.code: province for province in map(_province, csv.DictReader(lines))}


PROVINCES = _read()
CODES = tuple(PROVINCES)
