"""What forums say: MSMEs come in, matches of theirs with larger enterprises go out. Enterprises and components are invented."""

from datetime import datetime
from random import Random

from deploy.demo import chance, speakers
from deploy.demo.sellers import Seller
from deploy.demo.wire import Data, Said

# As many as at the forum that was published: assessments, and the state-owned and large enterprises in them.
ASSESSED = 630
POTENTIAL_IDR = (180_000_000, 357_000_000)
KINDS = chance.Weighted({"assessment": 78, "supply-chain": 19, "joint-venture": 3})
COMPONENTS = chance.Weighted(
    {"machine-spare-parts": 26, "packaging": 15, "food-ingredients": 14, "uniforms": 12, "furniture": 10, "electrical-parts": 9}
    | {"printing": 7, "cleaning-goods": 7}
)
_HERE = [(f"sintetis-bumn-{number:02d}", "soe", "ID") for number in range(17)] + [
    (f"sintetis-besar-{number}", "large", "ID") for number in range(2)
]
_ABROAD = [("sintetis-jepang-1", "foreign", "JP"), ("sintetis-jepang-2", "foreign", "JP"), ("sintetis-tiongkok-1", "foreign", "CN")]


def matched(random: Random, seller: Seller, name: str, at: datetime) -> Said:
    """One match; joint ventures are mostly with enterprises from abroad."""
    kind = KINDS.draw(random)
    places = _ABROAD if kind == "joint-venture" and random.random() < 0.7 else _HERE
    code, size, country = places[chance.zipf(random, len(places))]
    data: Data = {
        "match_id": f"sintetis-{name}",
        "forum": f"Forum Sintetis {at.year}",
        "kind": kind,
        "enterprise": {"id": code, "name": code.replace("-", " ").title(), "kind": size, "country": country},
        "msme_id": seller.msme_id,
        "province": seller.listings[0].province,
        "component": COMPONENTS.draw(random),
        "potential_idr": str(int(chance.lognormal(random, *POTENTIAL_IDR))),
    }
    return Said(speakers.FORUM, "procurement.business-matched", f"matched-{name}", at, str(data["match_id"]), data)
