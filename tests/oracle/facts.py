"""Events in, in any order; the facts that stand out (contract §3 and §4).

One Fact a (kind, natural key, publisher). Per publisher the newest version decides, and a cancellation wins over the
statement of the same version; of two statements of one version that with the smaller digest stands. Of publishers that
state one key the standing one that comes first in the registry leads.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.oracle.records import Event, Fact, Registry

Key = tuple[str, ...]

KIND_OF = {
    "onboarding.msme-onboarded": "listing",
    "onboarding.msme-profile-changed": "listing",
    "onboarding.msme-offboarded": "listing",
    "onboarding.trading-reported": "trading",
    "identity.identities-linked": "link",
    "identity.identities-unlinked": "link",
    "export.product-exported": "item",
    "export.export-corrected": "item",
    "export.export-cancelled": "item",
    "export.exporter-trained": "training",
    "procurement.procurement-awarded": "award",
    "procurement.award-amended": "award",
    "procurement.award-cancelled": "award",
    "procurement.budget-announced": "budget",
    "procurement.business-matched": "match",
    "observations.indicator-observed": "observation",
    "observations.target-set": "target",
}
_ENDS = ("msme-offboarded", "identities-unlinked", "export-cancelled", "award-cancelled")


def short_type(event: Event) -> str:
    return event.type.removeprefix("id.umkm.").removesuffix(".v1")


def kind_of(event: Event) -> str:
    return KIND_OF[short_type(event)]


def is_end(event: Event) -> bool:
    return short_type(event).split(".")[1] in _ENDS


def natural_key(event: Event) -> Key:
    return tuple(str(part) for part in _KEYS[kind_of(event)](event.data))


_KEYS: dict[str, Any] = {
    "listing": lambda data: (data["msme_id"], data["platform"], data["merchant_id"]),
    "trading": lambda data: (data["msme_id"], data["platform"], data["merchant_id"], data["month"]),
    "link": lambda data: (data["link_id"],),
    "item": lambda data: (data["declaration"]["type"], data["declaration"]["number"], data["declaration"]["item"]),
    "training": lambda data: (data["msme_id"], data["campus"], data["programme"]),
    "award": lambda data: (data["ocid"], data["award_id"]),
    "budget": lambda data: (data["buyer"]["id"], data["fiscal_year"]),
    "match": lambda data: (data["match_id"],),
    "observation": lambda data: (
        data["indicator"],
        data["period"],
        data.get("destination", ""),
        "opening" if data.get("opening") else "",
    ),
    "target": lambda data: (data["indicator"], data["version"]),
}


def order(event: Event) -> tuple[Any, ...]:
    """Awards and budgets by their `version`; all others by (time, recordedtime, id)."""
    return (event.data["version"],) if kind_of(event) in ("award", "budget") else event.version


class Facts:
    """All facts of counted publishers."""

    def __init__(self, events: Iterable[Event], registry: Registry) -> None:
        self.registry = registry
        self._facts: dict[str, dict[Key, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        heard: dict[tuple[str, Key, str], list[Event]] = defaultdict(list)
        for event in events:
            heard[(kind_of(event), natural_key(event), event.publisher)].append(event)
        for (kind, key, publisher), said in heard.items():
            fact = _fact(kind, key, publisher, said)
            if fact is not None and registry.counts(publisher):
                self._facts[kind][key].append(fact)

    def all_of(self, kind: str) -> dict[Key, list[Fact]]:
        """Every statement a key, the leading one first: standing before not, then by place."""
        return {key: sorted(facts, key=self._lead) for key, facts in self._facts[kind].items()}

    def leading(self, kind: str) -> list[Fact]:
        """One fact a key, standing or not."""
        return [facts[0] for facts in self.all_of(kind).values()]

    def standing(self, kind: str) -> list[Fact]:
        return [fact for fact in self.leading(kind) if fact.standing]

    def _lead(self, fact: Fact) -> tuple[Any, ...]:
        return (not fact.standing, self.registry.place(fact.publisher))


def newest(facts: Iterable[Fact]) -> Fact:
    """The newest version; ties go to the smaller (natural key, publisher) by code point."""
    best: Fact | None = None
    for fact in sorted(facts, key=lambda fact: (fact.key, fact.publisher)):
        if best is None or fact.newness > best.newness:
            best = fact
    assert best is not None
    return best


def _fact(kind: str, key: Key, publisher: str, said: list[Event]) -> Fact | None:
    """None where only an end is known: there is nothing to count."""
    statements = [event for event in said if not is_end(event)]
    ends = [event for event in said if is_end(event)]
    if not statements:
        return None
    stated = _newest_event(statements)
    ended = _newest_event(ends) if ends else None
    standing = ended is None or order(stated) > order(ended)
    first = min(event.time_ns for event in statements)
    return Fact(kind, key, publisher, stated, standing, first, None if standing or ended is None else ended.time_ns)


def _newest_event(events: list[Event]) -> Event:
    """The greatest version; of two contents of one version the one with the smaller digest."""
    top = max(order(event) for event in events)
    return min((event for event in events if order(event) == top), key=lambda event: event.digest)
