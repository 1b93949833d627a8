"""What statistics offices state: observations of several periods and publishers, openings before and after, targets."""

import datetime
from typing import Any

from tests.oracle.generate.source import Source
from tests.oracle.sending import Told

_OPENABLE = (
    ("onboarded", 9_000),
    ("listings", 8_000),
    ("exporters", 700),
    ("trained", 12),
    ("partnership_msmes", 630),
    ("partnership_enterprises", 3),
    ("products_exported", 20_000_000),
    ("export_value", "987654321.09"),
    ("traded_value", "877000000000000"),
    ("procurement_value", "5"),
    ("ventures", 40),
    ("partnership_potential", "224800000000000"),
)


def statements(source: Source) -> list[Told]:
    """All of a scenario's; not many, as in life."""
    return [*_observations(source), *_openings(source), *_targets(source)]


def _observations(source: Source) -> list[Told]:
    year = source.until.year
    events = [
        _observed(source, "credit_share", f"{year - 1}", "21.04"),
        _observed(source, "credit_share", f"{year - 2}", "27.54", numerator="307.7", denominator="1117.4"),
        _observed(source, "credit_share", f"{year - 1}-12", "21.1"),
        _observed(source, "digital_economy_value", f"{year}", "877000000000000"),
        _observed(source, "forum_participants", f"{year - 1}-10-27", 748),
        _observed(source, "patents_granted", f"{year - 1}", 1234),
        _observed(source, "onboarded", f"{year - 1}", 77),
    ]
    for ago in range(4):
        events.append(_observed(source, "msme_population", f"{year - ago}", 64_000 - 900 * ago))
        events.append(_observed(source, "national_export_value", f"{year - ago}", f"{258 - ago}820000.50"))
        events.append(_observed(source, "national_export_value", f"{year - ago}", "1000000", destination="CN"))
    events.append(_observed(source, "msme_population", f"{year}-06", 64_500))
    events.append(_observed(source, "msme_population", f"{year - 1}-12-31", 63_999))
    return events + [_revised(source, told) for told in events if source.chance(0.3)]


def _openings(source: Source) -> list[Told]:
    """Of most indicators one to three, of which some are below what is known, and some end after this month."""
    events: list[Told] = []
    for indicator, value in _OPENABLE:
        for _ in range(source.draw.choice((0, 1, 1, 2))):
            year = source.until.year - source.draw.randrange(4)
            period = source.draw.choice((f"{year}", f"{year}-12", f"{year}-0{source.draw.randrange(1, 10)}"))
            scaled = value * source.draw.randrange(1, 4) if isinstance(value, int) else value
            events.append(_observed(source, indicator, period, scaled, opening=True))
    return events + [_revised(source, told) for told in events if source.chance(0.2)]


def _targets(source: Source) -> list[Told]:
    events: list[Told] = []
    for indicator, value in (("onboarded", 30_000), ("exporters", 500), ("procurement_msme_share", "40"), ("credit_share", 30)):
        for version in ("2021-08", "2023", "next"):
            set_on = datetime.date(source.until.year + 1, 1, 1) if version == "next" else source.day()
            data = {"indicator": indicator, "version": version, "set_on": set_on.isoformat(), "value": value, "due": "2029-12-31"}
            more = {
                "milestones": [{"at": "2027-12-31", "value": value}],
                "contributors": [{"name": "A", "share": "62.5"}, {"name": "B", "share": "37.5"}],
            }
            events.append(source.told(source.draw.choice(source.cast.observers), "observations.target-set", source.day(), {**data, **more}))
    return events


def _observed(source: Source, indicator: str, period: str, value: str | int, **more: Any) -> Told:
    data = {"indicator": indicator, "period": period, "value": value, "unit": "unit", "stated_by": "BPS", **more}
    publisher = source.draw.choice(source.cast.observers)
    return source.told(publisher, "observations.indicator-observed", source.day(), data)


def _revised(source: Source, told: Told) -> Told:
    """Another version of the same publisher or another's word."""
    value = told.data["value"]
    data = {**told.data, "value": value + 3 if isinstance(value, int) else value}
    return source.told(source.draw.choice(source.cast.observers), told.type, source.day(), data)
