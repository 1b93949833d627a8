"""Live events of all streams: the present instant comes in, a message goes out that counts one figure up by exactly one.

So the value that a reader sees says which events are in it: the first of a kind is in it from 1 on, the hundredth from 100 on.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from zlib import crc32

import orjson

from benchmarks.register import PARTITIONS, Message
from shared.events import topics
from shared.messaging.topics import Topics
from shared.runtime import clock

PUBLISHER = "bench-live"
BUYER = {"id": "satuan-1", "name": "Satuan Kerja 1", "kind": "agency"}
TRAINED = 50_000_000  # MSMEs that no link joins: trained ones are counted once each
Said = tuple[str, dict[str, object]]  # what the stream is keyed by, and the data


async def make_topics(bootstrap_servers: str) -> None:
    """Before the first record: a client that makes a topic by sending to it can lose what it sends first."""
    await Topics(bootstrap_servers).ensure({topics.inbound(stream, PUBLISHER): made for stream, made in topics.INBOUND.items()})


def msme(number: int) -> str:
    return f"hmac-sha256:bench:{sha256(b'live/%d' % number).hexdigest()}"


def listing(number: int, at: datetime) -> Said:  # noqa: ARG001  every kind is asked in the same way
    data = {"msme_id": msme(number), "platform": PUBLISHER, "merchant_id": f"toko-{number}"}
    return msme(number), {**data, "province": "ID-JB", "role": "producer", "scale": "micro"}


def trading(number: int, at: datetime) -> Said:
    data = {"msme_id": msme(number), "platform": PUBLISHER, "merchant_id": f"toko-{number}", "month": at.strftime("%Y-%m")}
    return msme(number), {**data, "province": "ID-JB", "role": "producer", "orders": 1, "value_idr": "1", "local_value_idr": "1"}


def export(number: int, at: datetime) -> Said:
    declaration = {"type": "PEB", "number": f"nomor-{number}", "date": at.date().isoformat(), "item": 1}
    data = {"msme_id": msme(number), "declaration": declaration, "goods": {"version": "2022", "code": "09011110"}}
    return msme(number), {**data, "destination": "SG", "province": "ID-JB", "fob_usd": "1.00", "quantity": 1, "unit": "C62"}


def training(number: int, at: datetime) -> Said:
    trained = msme(TRAINED + number)
    return trained, {"msme_id": trained, "campus": "Solo", "programme": "Langkah", "completed_on": at.date().isoformat()}


def award(number: int, at: datetime) -> Said:
    supplier = {"id": f"penyedia-{number}", "scale": "micro", "legal_form": "pt", "country": "ID"}
    data = {"ocid": f"ocds-bench-{number}", "award_id": "1", "version": 1, "awarded_on": at.date().isoformat(), "buyer": BUYER}
    terms = {"fiscal_year": at.year, "value_idr": "1", "suppliers": [supplier], "method": "direct", "category": "goods"}
    return f"ocds-bench-{number}", {**data, **terms, "domestic": {"pdn": True, "tkdn": None, "bmp": None}, "province": "ID-JB"}


def match(number: int, at: datetime) -> Said:  # noqa: ARG001
    enterprise = {"id": "bumn-1", "name": "Perusahaan 1", "kind": "soe", "country": "ID"}
    data = {"match_id": f"temu-{number}", "forum": "Temu 1", "kind": "assessment", "enterprise": enterprise, "msme_id": msme(number)}
    return f"temu-{number}", {**data, "province": "ID-JB", "component": "suku cadang", "potential_idr": "1"}


def observation(number: int, at: datetime) -> Said:
    data = {"indicator": "digital_economy_value", "period": str(at.year), "value": str(number + 1), "unit": "IDR"}
    return "digital_economy_value", {**data, "stated_by": "Bench"}


def link(number: int, at: datetime) -> Said:  # noqa: ARG001
    return f"tautan-{number}", {"link_id": f"tautan-{number}", "msme_ids": [msme(2 * number), msme(2 * number + 1)]}


@dataclass(slots=True)
class Kind:
    """One kind of event: how many of a thousand, and the figure that it counts up (none: it only adds to the load)."""

    type: str
    of_thousand: int
    figure: str
    make: Callable[[int, datetime], Said]
    numbers: Iterator[int] = field(default_factory=itertools.count)


def kinds() -> list[Kind]:
    return [
        Kind("onboarding.trading-reported", 440, "traded_value", trading),
        Kind("onboarding.msme-onboarded", 160, "listings", listing),
        Kind("export.product-exported", 180, "products_exported", export),
        Kind("procurement.procurement-awarded", 160, "procurement_value", award),
        Kind("export.exporter-trained", 30, "trained", training),
        Kind("procurement.business-matched", 20, "partnership_potential", match),
        Kind("observations.indicator-observed", 5, "digital_economy_value", observation),
        Kind("identity.identities-linked", 5, "", link),
    ]


def sequence(of: list[Kind]) -> Iterator[Kind]:
    """All kinds for ever, each as often as it should be, spread evenly."""
    due = [0] * len(of)
    while True:
        due = [waiting + kind.of_thousand for waiting, kind in zip(due, of, strict=True)]
        place = max(range(len(of)), key=due.__getitem__)
        due[place] -= 1_000
        yield of[place]


def message(kind: Kind) -> Message:
    """The next event of a kind, as of now."""
    at = clock.now().astimezone(clock.JAKARTA)
    number = next(kind.numbers)
    key, data = kind.make(number, at)
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{kind.type}-{number}".encode()),
        ("ce_source", PUBLISHER.encode()),
        ("ce_type", f"id.umkm.{kind.type}.v1".encode()),
        ("ce_time", at.isoformat().encode()),
    ]
    topic = topics.inbound(kind.type.partition(".")[0], PUBLISHER)
    return Message(topic, crc32(key.encode()) % PARTITIONS, key.encode(), orjson.dumps(data), headers)
