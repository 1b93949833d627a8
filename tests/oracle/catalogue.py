"""Every indicator of our own: its shape, what its numbers are, its headline's period and its dimensions (domain §11)."""

from dataclasses import dataclass

MONTHS = ("month", "year")
_LISTING = ("province", "role", "scale", "platform")
_TRADING = (*MONTHS, "platform", "province", "role")
_EXPORT = (*MONTHS, "province", "destination", "region", "commodity", "type")
_AWARD = (*MONTHS, "fiscal_year", "province", "buyer_kind", "category", "method")
_MATCH = (*MONTHS, "province", "enterprise", "component", "forum", "partner_country")


@dataclass(frozen=True)
class Indicator:
    """`number`: count, idr, usd or share. `headline`: all, year, fiscal_year or month."""

    id: str
    shape: str
    number: str
    headline: str
    dimensions: tuple[str, ...]
    overlapping: tuple[str, ...] = ()


INDICATORS = {
    indicator.id: indicator
    for indicator in (
        Indicator("onboarded", "stock", "count", "all", (*MONTHS, *_LISTING), ("platform",)),
        Indicator("listings", "stock", "count", "all", (*MONTHS, *_LISTING)),
        Indicator("traded_value", "flow", "idr", "year", _TRADING),
        Indicator("local_share", "ratio", "share", "year", _TRADING),
        Indicator("sellers_transacting", "month-count", "count", "month", (*MONTHS, "province", "role")),
        Indicator("sellers_consistent", "month-count", "count", "month", (*MONTHS, "province", "role")),
        Indicator("exporters", "stock", "count", "all", (*MONTHS, "province", "destination", "commodity"), ("destination", "commodity")),
        Indicator("export_value", "flow", "usd", "year", _EXPORT),
        Indicator("products_exported", "flow", "count", "all", _EXPORT),
        Indicator("exporters_consistent", "month-count", "count", "month", (*MONTHS, "province")),
        Indicator("trained", "stock", "count", "all", (*MONTHS, "campus", "province")),
        Indicator("exporters_trained", "stock", "count", "all", (*MONTHS, "campus", "province")),
        Indicator("priority_commodity_value", "flow", "usd", "year", (*MONTHS, "commodity", "province", "destination")),
        Indicator("procurement_value", "flow", "idr", "fiscal_year", _AWARD),
        Indicator("procurement_msme_share", "ratio", "share", "fiscal_year", _AWARD),
        Indicator("domestic_content_share", "ratio", "share", "fiscal_year", _AWARD),
        Indicator("procurement_umkk_share", "ratio", "share", "fiscal_year", ("fiscal_year", "buyer_kind")),
        Indicator("procurement_umkk_allocated_share", "ratio", "share", "fiscal_year", ("fiscal_year", "buyer_kind")),
        Indicator("partnership_msmes", "stock", "count", "all", (*MONTHS, "province", "forum", "kind"), ("forum", "kind")),
        Indicator("partnership_enterprises", "stock", "count", "all", (*MONTHS, "forum", "kind"), ("forum", "kind")),
        Indicator("partnership_potential", "flow", "idr", "all", _MATCH),
        Indicator("ventures", "flow", "count", "all", _MATCH),
        Indicator("onboarded_share", "onboarded-share", "share", "month", MONTHS),
        Indicator("export_share", "export-share", "share", "year", ("year",)),
    )
}
UNCLASSIFIED = ("procurement_msme_share", "procurement_umkk_share", "domestic_content_share")
MAY_OPEN = {indicator.id for indicator in INDICATORS.values() if indicator.shape in ("stock", "flow")}
OBSERVED = ("credit_share", "msme_population", "digital_economy_value", "national_export_value", "forum_participants")
