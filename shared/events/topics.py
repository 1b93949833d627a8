"""The registry of topics: for each its key, partitions, retention, compaction, who writes and who reads.

Inbound topics are named `umkm.<stream>.<publisher>`, one a publisher and stream, so that the broker's ACLs can prove who speaks.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

STREAMS = ("onboarding", "identity", "export", "procurement", "observations")
DOMAIN_SERVICES = ("onboarding", "export", "procurement")
PUBLISHER = "[a-z0-9-]{1,64}"
FOR_EVER = -1
_DAY_MS = 86_400_000
_INBOUND = re.compile(rf"umkm\.({'|'.join(STREAMS)})\.({PUBLISHER})")


@dataclass(frozen=True, slots=True)
class Topic:
    """`address` has `{publisher}` or `{service}` where one topic stands for several; `key` is empty where order does not matter."""

    address: str
    title: str
    key: str
    partitions: int
    retention_ms: int
    compacted: bool
    producers: tuple[str, ...]
    consumers: tuple[str, ...]


def _inbound(stream: str, key: str, *consumers: str) -> Topic:
    # The inbound log is the record: everything else can be built again from it.
    return Topic(f"umkm.{stream}.{{publisher}}", f"What publishers say: {stream}", key, 4, FOR_EVER, False, ("publisher",), consumers)


INBOUND: dict[str, Topic] = {
    "onboarding": _inbound("onboarding", "msme_id", "onboarding"),
    "identity": _inbound("identity", "link_id", "onboarding", "export", "procurement"),
    "export": _inbound("export", "msme_id", "export"),
    "procurement": _inbound("procurement", "ocid", "procurement"),
    "observations": _inbound("observations", "indicator", "reporting"),
}
CELLS = Topic("umkm.cells.{service}", "The cells of a domain service, as state", "cell", 1, FOR_EVER, True, DOMAIN_SERVICES, ("reporting",))
PROGRESS = Topic("umkm.progress", "The newest figure of every indicator", "indicator", 1, FOR_EVER, True, ("reporting",), ("anybody",))
REJECTED = Topic(
    "umkm.rejected.{publisher}",
    "What could not be taken from a publisher, and why",
    "",
    1,
    90 * _DAY_MS,
    False,
    (*DOMAIN_SERVICES, "reporting"),
    ("publisher",),
)
RESTATEMENTS = Topic(
    "umkm.restatements", "Changes to figures of closed periods, with their cause", "", 1, FOR_EVER, False, ("reporting",), ("anybody",)
)
OUTBOUND = (CELLS, PROGRESS, REJECTED, RESTATEMENTS)


def inbound(stream: str, publisher: str) -> str:
    """The name of the topic in which a publisher speaks on a stream."""
    return INBOUND[stream].address.format(publisher=publisher)


def cells(service: str) -> str:
    """The name of the topic of a domain service's cells."""
    return CELLS.address.format(service=service)


def rejected(publisher: str) -> str:
    """The name of the topic that tells a publisher what could not be taken."""
    return REJECTED.address.format(publisher=publisher)


def pattern(*streams: str) -> str:
    """The pattern by which a service subscribes to all publishers of these streams, those to come included."""
    return rf"^umkm\.({'|'.join(streams)})\.{PUBLISHER}$"


@lru_cache(maxsize=4_096)
def parse(name: str) -> tuple[str, str] | None:
    """The stream and publisher of an inbound topic's name; None where it is no such name."""
    match = _INBOUND.fullmatch(name)
    return (match[1], match[2]) if match else None
