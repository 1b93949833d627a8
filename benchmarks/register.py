"""The events of a national register being loaded: a number of events comes in, Kafka records go out, the same ones every time.

70% sightings of new listings, 15% changed profiles and 15% repeats of the first, out of order. One MSME in nine is on two
platforms; provinces, scales and months are as uneven as in the real register.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from shared.events import provinces, topics

PLATFORMS = ("bench-pasar", "bench-lapak", "bench-warung")
PARTITIONS = 4
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
DAYS = 1_090
TYPES = (b"id.umkm.onboarding.msme-onboarded.v1", b"id.umkm.onboarding.msme-profile-changed.v1")
Header = tuple[str, bytes]
# A number without a factor of the sizes that are used: multiples of it visit every event once, in no visible order.
STRIDE = 2_654_435_761


class Message(NamedTuple):
    """One record to be, with the partition that Kafka's default partitioner gives its key."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: list[Header]


def uneven_provinces() -> tuple[str, ...]:
    """A hundred places: each province as often as people live there."""
    people = sum(province.population for province in provinces.PROVINCES.values())
    places = [code for code, p in provinces.PROVINCES.items() for _ in range(max(1, round(100 * p.population / people)))]
    return tuple(places)


PROVINCES = uneven_provinces()
SCALES = ("micro",) * 29 + ("small", "medium")
ROLES = ("reseller", "reseller", "producer")
PLATFORM_OF = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2)


@dataclass(frozen=True, slots=True)
class Register:
    """`events` in all; `first` numbers its MSMEs, so that two registers can have nothing in common. `renewed`: the same content
    under new times and ids, as a publisher sends it who does not know better."""

    events: int
    first: int = 0
    renewed: int = 0

    @property
    def listings(self) -> int:
        return self.events * 70 // 100

    def messages(self, start: int = 0, end: int | None = None) -> Iterator[Message]:
        """Those in these places of the sending order."""
        for place in range(start, self.events if end is None else end):
            yield self.message(place * STRIDE % self.events)

    def message(self, number: int) -> Message:
        listings = self.listings
        if number < listings:
            return self.sighting(number, 0)
        if number < self.events * 85 // 100:
            return self.sighting(number * 31 % listings, 1)
        return self.sighting(number * 37 % listings, 0)

    def sighting(self, listing: int, change: int) -> Message:
        """A listing's first sighting, or its profile as it is after a change."""
        number = self.first + listing
        chance = sha256(b"%d/%d" % (number, change)).digest()
        owner, platform = self.place(number)
        msme = sha256(b"msme/%d" % owner).hexdigest()
        publisher = PLATFORMS[platform]
        key = b"hmac-sha256:bench:" + msme.encode()
        profile = f'"province":"{PROVINCES[chance[0] % len(PROVINCES)]}","role":"{ROLES[chance[1] % 3]}","scale":"{SCALES[chance[2] % 31]}"'
        value = f'{{"msme_id":"{key.decode()}","platform":"{publisher}","merchant_id":"toko-{number}",{profile}}}'.encode()
        return Message(topics.inbound("onboarding", publisher), crc32(key) % PARTITIONS, key, value, self.headers(number, change, chance))

    def place(self, number: int) -> tuple[int, int]:
        """Whose listing it is, and on which platform: every tenth is a second one of the MSME before."""
        owner = number - 1 if number % 10 == 9 else number
        platform = PLATFORM_OF[owner // 7 % 10]
        return owner, platform if owner == number else (platform + 1) % len(PLATFORMS)

    def headers(self, number: int, change: int, chance: bytes) -> list[Header]:
        at = BEGIN + timedelta(days=number * 7_919 % DAYS, seconds=chance[3] * 300 + 86_400 * 40 * change + self.renewed)
        digits = chance.hex()
        event_id = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:31]}{self.renewed % 10}"
        _, platform = self.place(number)
        return [
            ("content-type", b"application/json"),
            ("ce_specversion", b"1.0"),
            ("ce_id", event_id.encode()),
            ("ce_source", PLATFORMS[platform].encode()),
            ("ce_type", TYPES[change]),
            ("ce_time", at.isoformat().encode()),
        ]
