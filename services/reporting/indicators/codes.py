"""Which codes a dimension can have: a dimension and a code come in, and either the code is possible or the list says what is.

Closed lists are those of the contract; a dimension that is not here is open: an unknown code of it has no rows.
"""

import re
from collections.abc import Mapping

from shared.events import countries, goods, provinces

CHAPTER = re.compile(r"[0-9]{2}")

# `priority` is the commodity of the list of priorities; elsewhere a commodity is an HS chapter.
CLOSED: Mapping[str, frozenset[str]] = {
    "province": frozenset(provinces.CODES),
    "role": frozenset(("producer", "reseller")),
    "scale": frozenset(("micro", "small", "medium")),
    "type": frozenset(("PEB", "CN")),
    "buyer_kind": frozenset(("ministry", "agency", "region", "soe")),
    "kind": frozenset(("assessment", "supply-chain", "joint-venture")),
    "destination": frozenset(countries.CODES),
    "partner_country": frozenset(countries.CODES),
    "region": frozenset(countries.REGIONS.values()) | {countries.NO_REGION},
    "priority": frozenset(goods.COMMODITIES),
}


def is_possible(dimension: str, code: str) -> bool:
    """Whether a code can occur in a cell's dimension: False only where its list is closed and lacks it."""
    if dimension == "commodity":
        return CHAPTER.fullmatch(code) is not None
    return dimension not in CLOSED or code in CLOSED[dimension]


def possible(dimension: str) -> list[str]:
    """What a dimension can have: the list, or the form of its codes."""
    return ["an HS chapter: two digits"] if dimension == "commodity" else sorted(CLOSED[dimension])
