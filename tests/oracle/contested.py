"""Facts that two publishers state, and merchants that stand under two MSMEs."""

from collections import defaultdict
from dataclasses import dataclass

from tests.oracle.facts import KIND_OF, Facts, Key
from tests.oracle.links import Groups


@dataclass(frozen=True)
class Contested:
    """`leads` is None where no publisher's statement is preferred."""

    kind: str
    key: Key
    publishers: tuple[str, ...]
    leads: str | None


def contested(facts: Facts, groups: Groups) -> list[Contested]:
    found = [
        Contested(kind, key, tuple(sorted(fact.publisher for fact in standing)), standing[0].publisher)
        for kind in sorted(set(KIND_OF.values()))
        for key, stated in facts.all_of(kind).items()
        if len(standing := [fact for fact in stated if fact.standing]) > 1
    ]
    return sorted([*found, *_merchants(facts, groups)], key=lambda one: (one.kind, one.key))


def _merchants(facts: Facts, groups: Groups) -> list[Contested]:
    units: dict[Key, set[str]] = defaultdict(set)
    publishers: dict[Key, set[str]] = defaultdict(set)
    for stated in facts.all_of("listing").values():
        for fact in stated:
            if fact.standing:
                merchant = fact.key[1:]
                units[merchant].add(groups.unit_of(fact.key[0]))
                publishers[merchant].add(fact.publisher)
    return [Contested("merchant", key, tuple(sorted(publishers[key])), None) for key, found in units.items() if len(found) > 1]
