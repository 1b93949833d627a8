"""A database with the published line and a few of each kind of cells, told as services and publishers tell."""

from shared.postgres.connection import Connection, Pool
from tests.reporting import sending
from tests.reporting.sending import aimed, cell, observed, tell, watermark


async def publish_history(pool: Pool, connection: Connection) -> None:
    """The published line, and a few of each kind of cells."""
    await sending.state(
        pool,
        observed("onboarded", "2023-12", "25292701", 1, opening=True),
        observed("msme_population", "2023", "64000000", 2),
        observed("national_export_value", "2025", "1000", 3),
        observed("national_export_value", "2025", "40.5", 4, destination="CN"),
        aimed("onboarded", "2022-01", "30000000", 5),
    )
    await tell(
        connection,
        cell("onboarding", "listing", ["2023-11", "ID-JB", "producer", "micro", "a"], 1, listings=4, onboarded=3, on_platform=3),
        cell("onboarding", "listing", ["2023-11", "ID-JB", "producer", "micro", "b"], 1, listings=1, on_platform=1),
        cell("onboarding", "listing", ["2024-02", None, "reseller", "small", "a"], 1, listings=1, onboarded=1, on_platform=1),
        cell("onboarding", "trading", ["2025-03", "ID-JB", "producer", "a"], 1, value_idr=70, local_value_idr=30, reports=1),
        cell("onboarding", "trading", ["2026-01", "ID-JI", "producer", "b"], 1, value_idr=10**17, reports=1),
        cell("onboarding", "seller", ["2026-01", "ID-JI", "producer"], 1, transacting=1),
        watermark("onboarding", 1),
    )
    await tell(
        connection,
        cell("export", "export", ["2025-03", "ID-JB", "JP", "030", "03", "PEB", "fisheries"], 1, fob_cents=12_345, pieces=7, items=1),
        cell("export", "export", ["2025-04", "ID-JI", "CN", "030", "94", "CN", None], 1, fob_cents=655, items=1),
        cell("export", "exporter", ["2025-03", "ID-JB"], 1, exporters=1),
        cell("export", "exporter_destination", ["2025-03", "JP"], 1, exporters=1),
        watermark("export", 1),
    )
    await tell(
        connection,
        cell("procurement", "award", ["2026-01", "2025", "ID-JB", "region", "goods", "open"], 1, value_idr=300, msme_idr=100, awards=1),
        cell("procurement", "award", ["2025-02", "2025", "ID-JI", "soe", "works", "open"], 1, value_idr=100, unclassified_idr=9, awards=1),
        cell("procurement", "budget", ["2025", "region"], 1, budget_idr=1_000, umkk_idr=90, allocation_idr=400, budgets=1),
        watermark("procurement", 1),
    )
