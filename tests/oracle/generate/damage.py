"""Right data made wrong in one place, with the reason that the contract names for it."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.oracle.sending import Told

Data = dict[str, Any]
_NIK = "3273014508900001"
_NPWP = "01.234.567.8-901.000"

_CREDIT: Data = {"indicator": "credit_share", "period": "2022"}

_SPOILED: dict[str, dict[str, tuple[Any, ...]]] = {
    "onboarding.msme-onboarded": {
        "msme_id": ("hmac-sha256:test:ABC", "hmac-sha256:Test:" + "0" * 64, "hmac-sha256:test:" + "F" * 64, 7),
        "province": ("ID-IJ", "32", "jb", ""),
        "role": ("Producer", True),
        "scale": ("large", "unknown"),
        "merchant_id": ("", "m" * 201, "a\tb", "a\nb", 12, None),
    },
    "onboarding.trading-reported": {
        "month": ("2025-13", "2025-1", "202501", "2025-01-01"),
        "orders": (-1, "3", 1.5, True),
        "value_idr": (1000, "1000.0", "-1000", "1000\n", "١٠٠٠", "1" * 16, ""),
    },
    "identity.identities-linked": {"link_id": ("", 5), "msme_ids": ([], "x")},
    "export.product-exported": {
        "destination": ("XX", "UK", "jp", "360"),
        "province": ("ID-XX",),
        "fob_usd": ("10.123", "1,000", "+5", 5, "1e3", ".5", "5.", "1" * 14),
        "quantity": ("1.2345", -1, 1.5, True, "x"),
        "declaration": ({}, None, "1"),
        "goods": ({"version": "HS2022", "code": "0306171"}, {"version": "HS2022", "code": 30617}, {"code": "030617"}),
    },
    "export.exporter-trained": {"completed_on": ("2025-02-30", "2025-2-3", "20250203")},
    "procurement.procurement-awarded": {
        "version": (0, "1", True, 1.0, 2**31),
        "fiscal_year": (1999, 2101, "2025"),
        "suppliers": ([], None, {}),
        "buyer": ({"id": "x", "name": "y", "kind": "church"},),
        "domestic": ({"tkdn": 101}, {"tkdn": 40.123}, {"tkdn": "40"}, {"pdn": "yes"}, {"bmp": -1}),
        "value_idr": (5, "5.00"),
    },
    "procurement.business-matched": {"kind": ("friendship",), "potential_idr": ("-5",)},
    "observations.indicator-observed": {
        "period": ("2025-00", "25", "2025-1", "2025-02-29"),
        "value": (1.5, "1.1234567", "1" * 19, "-1", True, "1e5"),
        "destination": ("XK",),
        "opening": ("true", 1),
    },
    "observations.target-set": {"set_on": ("2025",), "version": (2021,)},
}


def _without_members(data: Data) -> list[Data]:
    return [{name: member for name, member in data.items() if name != missing} for missing in data if missing in _MUST]


_MUST = (
    "msme_id",
    "merchant_id",
    "role",
    "month",
    "link_id",
    "fob_usd",
    "unit",
    "campus",
    "ocid",
    "method",
    "forum",
    "indicator",
    "unit",
    "version",
)

_RULES: dict[str, tuple[tuple[str, Callable[[Data], Data]], ...]] = {
    "onboarding.msme-onboarded": (
        ("foreign-platform", lambda data: {**data, "platform": "somebody-else"}),
        ("personal-identifier", lambda data: {**data, "msme_id": _NIK}),
        ("personal-identifier", lambda data: {**data, "owner": _NIK}),
        ("personal-identifier", lambda data: {**data, "more": {"numbers": [_NPWP]}}),
    ),
    "onboarding.trading-reported": (
        ("local-above-total", lambda data: {**data, "value_idr": "10", "local_value_idr": "11"}),
        ("foreign-platform", lambda data: {**data, "platform": "somebody-else"}),
    ),
    "identity.identities-linked": (("schema", lambda data: {**data, "msme_ids": [data["msme_ids"][0]] * 2}),),
    "export.product-exported": (("schema", lambda data: {**data, "unit": "C62", "quantity": "1.5"}),),
    "export.exporter-trained": (
        ("personal-identifier", lambda data: {**data, "campus": _NIK}),
        ("personal-identifier", lambda data: {**data, "programme": _NPWP}),
    ),
    "procurement.procurement-awarded": (
        ("currency", lambda data: {**data, "currency": "USD"}),
        ("parts-mismatch", lambda data: _parts(data, ["1", None])),
        ("parts-mismatch", lambda data: _parts(data, ["1", str(int(data["value_idr"]))])),
        ("personal-identifier", lambda data: {**data, "buyer": {**data["buyer"], "name": _NIK}}),
    ),
    "procurement.business-matched": (("personal-identifier", lambda data: {**data, "forum": _NPWP}),),
    "observations.indicator-observed": (
        ("share-mismatch", lambda data: {**data, **_CREDIT, "value": "11.92", "numerator": "138.47", "denominator": "1117.40"}),
        ("share-mismatch", lambda data: {**data, **_CREDIT, "value": "55", "numerator": "268", "denominator": "446"}),
        ("opening-period", lambda data: {**data, "indicator": "onboarded", "period": "2024-12-31", "value": 9, "opening": True}),
        ("opening-not-possible", lambda data: {**data, "indicator": "local_share", "period": "2024", "value": "9", "opening": True}),
        ("opening-not-possible", lambda data: {**data, "indicator": "credit_share", "period": "2024", "value": "9", "opening": True}),
        (
            "opening-not-possible",
            lambda data: {**data, "indicator": "exporters", "period": "2024", "value": 9, "opening": True, "destination": "JP"},
        ),
        ("personal-identifier", lambda data: {**data, "stated_by": _NIK}),
    ),
    "observations.target-set": (("?", lambda data: {**data, "contributors": [{"name": "A", "share": "62.5"}]}),),
}

_LIKE = {
    "onboarding.msme-profile-changed": "onboarding.msme-onboarded",
    "export.export-corrected": "export.product-exported",
    "procurement.award-amended": "procurement.procurement-awarded",
}


def damaged(told: Told) -> list[tuple[str, Told]]:
    """Every way known here to spoil this event: the reason and the event."""
    like = _LIKE.get(told.type, told.type)
    spoiled = [("schema", {**told.data, name: value}) for name, wrong in _SPOILED.get(like, {}).items() for value in wrong]
    missing = [("schema", data) for data in _without_members(told.data)]
    ruled = [(reason, spoil(copy.deepcopy(told.data))) for reason, spoil in _RULES.get(like, ())]
    return [
        (reason, replace(told, data=data, id=f"{told.id[:150]} bad {number}"))
        for number, (reason, data) in enumerate([*spoiled, *missing, *ruled])
    ]


def _parts(data: Data, parts: list[str | None]) -> Data:
    supplier = {name: member for name, member in data["suppliers"][0].items() if name != "share_idr"}
    return {**data, "suppliers": [{**supplier, "share_idr": part} for part in parts]}
