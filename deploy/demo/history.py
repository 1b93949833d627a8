"""The published history of the programme, as its publishers would state it: nothing comes in, the same events go out every time.

Ids and times are fixed, so a second start repeats them and changes nothing. Where the sources name no day, the choice is said here.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from deploy.demo import speakers
from deploy.demo.wire import Data, Said
from shared.runtime.clock import JAKARTA

# MSMEs present on e-commerce platforms: period → (value, the day on which it was stated, at the earliest the day after the period).
ONBOARDED = {
    "2020": (8_000_000, date(2021, 1, 15)),
    "2021-06": (13_500_000, date(2021, 7, 15)),
    "2021-10": (15_900_000, date(2021, 11, 15)),
    "2022-03": (17_600_000, date(2022, 4, 15)),
    "2022-12": (20_760_000, date(2023, 1, 15)),
    "2023-03": (22_000_000, date(2023, 4, 15)),
    "2023-12": (25_292_701, date(2024, 1, 15)),
}
# "20 million products since the programme began" is undated; it is published beside the total of December 2023, so that is its end.
PRODUCTS_EXPORTED = ("2023-12", 20_000_000, date(2024, 1, 15))

Fact = tuple[str, str, str, str, str, date]
# indicator, period, value, unit, publisher, stated on. Undated ones take the year of the published total they stand beside.
OBSERVED: tuple[Fact, ...] = (
    ("msme_population", "2023", "64000000", "msme", speakers.STATISTICS, date(2024, 1, 15)),
    ("national_export_value", "2023", "258820000000", "USD", speakers.STATISTICS, date(2024, 1, 15)),
    ("credit_share", "2022", "21", "percent", speakers.CENTRAL_BANK, date(2023, 1, 15)),
    ("digital_economy_value", "2023", "877000000000000", "IDR", speakers.MINISTRY, date(2024, 1, 15)),
    ("forum_participants", "2023", "748", "person", speakers.MINISTRY, date(2024, 1, 15)),
    ("procurement_msme_share", "2022", "36.1", "percent", speakers.MINISTRY, date(2023, 1, 15)),
    ("procurement_msme_share", "2023-10-27", "37.6", "percent", speakers.MINISTRY, date(2023, 10, 28)),
)
# Allocated Rp 307.7 tn of a budget of Rp 1,117.4 tn, in the trillions in which it was published.
UMKK_2021: Data = {"value": "27.54", "numerator": "307.7", "denominator": "1117.4"}
NAMES = {speakers.STATISTICS: "BPS", speakers.CENTRAL_BANK: "Bank Indonesia", speakers.MINISTRY: "Kemenkop UKM"}


def events() -> Iterator[Said]:
    """Openings, observations and targets; about twenty."""
    for period, (value, stated_on) in ONBOARDED.items():
        yield _opening("onboarded", period, value, "msme", stated_on)
    period, value, stated_on = PRODUCTS_EXPORTED
    yield _opening("products_exported", period, value, "piece", stated_on)
    for indicator, period, text, unit, publisher, stated_on in OBSERVED:
        yield _observed(publisher, indicator, period, stated_on, {"value": text, "unit": unit})
    # What was published is what was allocated; it is quoted for the duty as a whole, so it stands beside both shares.
    for indicator in ("procurement_umkk_share", "procurement_umkk_allocated_share"):
        yield _observed(speakers.MINISTRY, indicator, "2021", date(2022, 1, 15), {**UMKK_2021, "unit": "percent"})
    yield from _targets()


def _opening(indicator: str, period: str, value: int, unit: str, stated_on: date) -> Said:
    return _observed(speakers.MINISTRY, indicator, period, stated_on, {"value": value, "unit": unit, "opening": True})


def _observed(publisher: str, indicator: str, period: str, stated_on: date, more: Data) -> Said:
    data: Data = {"indicator": indicator, "period": period, "stated_by": f"{NAMES[publisher]} (as published)", **more}
    kind = "opening" if "opening" in more else "observed"
    return _said(publisher, "indicator-observed", f"{kind}-{indicator}-{period}", stated_on, data)


def _targets() -> Iterator[Said]:
    """Targets have versions: 30 million by 2023 became 30 million by 2024. Where only a year is known, it is set on its first day."""
    yield _target("onboarded", "2021-08", date(2021, 8, 1), "30000000", due=date(2023, 12, 31))
    milestones = [{"at": "2022-12-31", "value": "20000000"}, {"at": "2023-12-31", "value": "24000000"}]
    yield _target("onboarded", "2022", date(2022, 1, 1), "30000000", due=date(2024, 12, 31), more={"milestones": milestones})
    yield _target("exporters", "2023", date(2023, 1, 1), "500000", due=date(2030, 12, 31))
    # 40% has no end; as the other targets of the period it is held against the end of 2024.
    yield _target("procurement_msme_share", "2022", date(2022, 1, 1), "40", due=date(2024, 12, 31))
    yield _target("procurement_umkk_share", "2021", date(2021, 1, 1), "40", due=date(2024, 12, 31))
    yield _target("credit_share", "2022", date(2022, 1, 1), "30", due=date(2024, 12, 31))


def _target(indicator: str, version: str, set_on: date, value: str, *, due: date, more: Data | None = None) -> Said:
    data: Data = {"indicator": indicator, "version": version, "set_on": set_on.isoformat(), "value": value, "due": due.isoformat()}
    return _said(speakers.MINISTRY, "target-set", f"target-{indicator}-{version}", set_on, {**data, **(more or {})})


def _said(publisher: str, kind: str, event_id: str, on: date, data: Data) -> Said:
    at = datetime.combine(on, time(), JAKARTA) + timedelta(hours=9)
    return Said(publisher, f"observations.{kind}", event_id, at, str(data["indicator"]), data)
