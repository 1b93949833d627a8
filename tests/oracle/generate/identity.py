"""Links between pseudonyms: chains, unlinks before their links, link ids stated by two publishers."""

from collections.abc import Iterator

from tests.oracle.generate.source import Source
from tests.oracle.sending import Told


def links(source: Source, population: int) -> Iterator[list[Told]]:
    """For ever; among the first `population` MSMEs."""
    number = 0
    while True:
        number += 1
        yield _link(source, f"link {source.seed} {number}", max(population, 4))


def _link(source: Source, link: str, population: int) -> list[Told]:
    publisher, other = source.draw.sample(source.cast.identities, 2)
    events = [_linked(source, publisher, link, population)]
    if source.chance(0.3):
        events.append(source.told(publisher, "identity.identities-unlinked", source.day(), {"link_id": link}))
    if source.chance(0.2):
        events.append(_linked(source, publisher, link, population))
    if source.chance(0.15):
        events.append(_linked(source, other, link, population))
    return events


def _linked(source: Source, publisher: str, link: str, population: int) -> Told:
    one = source.draw.randrange(1, population + 1)
    other = one + source.draw.choice((1, 2, 3))
    return source.told(
        publisher, "identity.identities-linked", source.day(), {"link_id": link, "msme_ids": [source.msme(one), source.msme(other)]}
    )
