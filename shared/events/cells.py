"""The cells that services tell: one entry a kind, with its dimensions and measures in the order they travel.

A cell is one row of additive numbers for one combination of dimensions. A domain service keeps kind `listing` in its
table `listing_cell`; the relay publishes it to `umkm.cells.<service>`; reporting stores it as received. Kinds of stocks
carry net flows: `month` is when a unit began (+1) or stopped (-1) to stand. Amounts are whole rupiah or US cents.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellKind:
    """`dimensions` are codes as text on the wire ("2024-03", "ID-JB", None where unknown); `measures` integers."""

    name: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]


# Every service, about what it heard. Identity is heard by three services: its receipts are onboarding's.
RECEIPT = CellKind("receipt", ("publisher", "stream"), ("applied", "repeated", "superseded", "conflicted", "quarantined"))
REASON = CellKind("reason", ("publisher", "stream", "reason"), ("records",))
# `key` is the natural key as a JSON object, `publishers` a JSON array, `leads` the publisher that counts ("" where none does).
CONTESTED = CellKind("contested", ("fact", "key", "publishers", "leads"), ("contested",))

LISTING = CellKind("listing", ("month", "province", "role", "scale", "platform"), ("listings", "onboarded", "on_platform"))
TRADING = CellKind("trading", ("month", "province", "role", "platform"), ("value_idr", "local_value_idr", "reports"))
SELLER = CellKind("seller", ("month", "province", "role"), ("transacting", "consistent"))

EXPORT = CellKind(
    "export", ("month", "province", "destination", "region", "commodity", "type", "priority"), ("fob_cents", "pieces", "items")
)
EXPORTER = CellKind("exporter", ("month", "province"), ("exporters",))
EXPORTER_DESTINATION = CellKind("exporter_destination", ("month", "destination"), ("exporters",))
EXPORTER_COMMODITY = CellKind("exporter_commodity", ("month", "commodity"), ("exporters",))
EXPORTER_MONTH = CellKind("exporter_month", ("month", "province"), ("consistent",))
TRAINED = CellKind("trained", ("month", "campus", "province"), ("trained", "exporters_trained"))

AWARD = CellKind(
    "award",
    ("month", "fiscal_year", "province", "buyer_kind", "category", "method"),
    ("value_idr", "msme_idr", "unclassified_idr", "domestic_idr", "domestic_unclassified_idr", "awards"),
)
BUDGET = CellKind("budget", ("fiscal_year", "buyer_kind"), ("umkk_idr", "umkk_unclassified_idr", "budget_idr", "allocation_idr", "budgets"))
MATCH = CellKind(
    "match", ("month", "province", "enterprise", "component", "forum", "partner_country"), ("potential_idr", "ventures", "matches")
)
PARTNER = CellKind("partner", ("month", "province"), ("msmes",))
PARTNER_FORUM = CellKind("partner_forum", ("month", "forum"), ("msmes", "enterprises"))
PARTNER_KIND = CellKind("partner_kind", ("month", "kind"), ("msmes", "enterprises"))
ENTERPRISE = CellKind("enterprise", ("month",), ("enterprises",))

EVERY_SERVICE = (RECEIPT, REASON, CONTESTED)
KINDS: dict[str, tuple[CellKind, ...]] = {
    "onboarding": (LISTING, TRADING, SELLER, *EVERY_SERVICE),
    "export": (EXPORT, EXPORTER, EXPORTER_DESTINATION, EXPORTER_COMMODITY, EXPORTER_MONTH, TRAINED, *EVERY_SERVICE),
    "procurement": (AWARD, BUDGET, MATCH, PARTNER, PARTNER_FORUM, PARTNER_KIND, ENTERPRISE, *EVERY_SERVICE),
}
