"""A batch becomes rows: decided events come in, one row a key goes out, and which record had which part in it.

Records of one key in one batch fold to the newest fact and the newest cancellation; what stands in the database is compared
with those two only. What became of each record follows from the two answers.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiokafka import ConsumerRecord

APPLIED, REPEATED, SUPERSEDED, CONFLICTED, QUARANTINED = "applied", "repeated", "superseded", "conflicted", "quarantined"
OUTCOMES = (APPLIED, REPEATED, SUPERSEDED, CONFLICTED, QUARANTINED)
BY_LETTER = {"a": APPLIED, "r": REPEATED, "s": SUPERSEDED, "c": CONFLICTED}
UNSTAMPED = 17  # class and inverted digest, at the end of a version


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One fact type of a service: how its staged rows look. Its stage table is `stage_<name>`, columns as `columns` says.

    `empty` stands for the content where only a cancellation is known; `coded` names the columns that hold codes; `of_msme`: the key
    begins with the MSME.
    """

    name: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    empty: tuple[Any, ...]
    cancel_content: tuple[str, ...] = ()
    cancel_empty: tuple[Any, ...] = ()
    keeps_first: bool = False
    coded: tuple[str, ...] = ()
    of_msme: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        first = ("first_month",) if self.keeps_first else ()
        return ("no", *self.key, "version", *self.content, "cancelled", *self.cancel_content, *first)

    @property
    def coded_positions(self) -> tuple[int, ...]:
        return tuple(self.columns.index(name) for name in self.coded)


class Decided(NamedTuple):
    """What a model decided of one event: which key of which fact gets which version. `first` is a month."""

    fact: Fact
    key: tuple[Any, ...]
    version: bytes
    content: tuple[Any, ...]
    cancels: bool = False
    first: int = 32767


@dataclass(slots=True)
class Entry:
    """All that a batch says of one key."""

    version: bytes = b""
    content: tuple[Any, ...] | None = None
    cancelled: bytes = b""
    cancel_content: tuple[Any, ...] | None = None
    first: int = 32767
    heard: list[tuple[int, bool, bytes]] = field(default_factory=list)


class Folded:
    """The rows of a batch by fact. `index` is a record's place in the batch.

    `records` are those of the batch, in their order.
    `overheard` are the records that no publisher sent (cells, refusals), as they came: only reporting hears such.
    """

    def __init__(self, records: Sequence[ConsumerRecord] = ()) -> None:
        self.records = records
        self.entries: dict[Fact, dict[tuple[Any, ...], Entry]] = {}
        self.overheard: list[ConsumerRecord] = []

    def add(self, index: int, decided: Decided) -> None:
        fact, key, version, content, cancels, first = decided
        entries = self.entries.get(fact)
        if entries is None:
            entries = self.entries[fact] = {}
        entry = entries.get(key)
        if entry is None:
            entry = entries[key] = Entry()
        if cancels:
            if version > entry.cancelled:
                entry.cancelled, entry.cancel_content = version, content
        else:
            if version > entry.version:
                entry.version, entry.content = version, content
            if first < entry.first:  # noqa: PLR1730  half the time of min()
                entry.first = first
        entry.heard.append((index, cancels, version))

    def naming(self, msmes: Collection[Any]) -> dict[Any, ConsumerRecord]:
        """A record for each of these MSMEs that the batch names."""
        return {
            key[0]: self.records[entry.heard[0][0]]
            for fact, entries in self.entries.items()
            if fact.of_msme
            for key, entry in entries.items()
            if key[0] in msmes
        }

    def rows(self, fact: Fact) -> list[tuple[Any, ...]]:
        """One row a key, in the order of `fact.columns`."""
        rows = []
        for number, (key, entry) in enumerate(self.entries.get(fact, {}).items()):
            content = fact.empty if entry.content is None else entry.content
            cancel_content = fact.cancel_empty if entry.cancel_content is None else entry.cancel_content
            first = (entry.first,) if fact.keeps_first else ()
            rows.append((number, *key, entry.version, *content, entry.cancelled, *cancel_content, *first))
        return rows

    def outcomes(self, fact: Fact, letters: str) -> Iterator[tuple[int, str]]:
        """Each record's index and outcome, from two letters a row: of its fact, of its cancellation (see `judged` in SQL)."""
        for place, entry in enumerate(self.entries[fact].values()):
            letter, cancel_letter = letters[2 * place], letters[2 * place + 1]
            if len(entry.heard) == 1:
                index, cancels, _ = entry.heard[0]
                yield index, BY_LETTER[cancel_letter if cancels else letter]
            else:
                yield from several(entry, letter, cancel_letter)


def several(entry: Entry, letter: str, cancel_letter: str) -> Iterator[tuple[int, str]]:
    """Outcomes where a batch has several records of one key: relative to what stands after the batch."""
    told: set[bytes] = set()
    for index, cancels, version in entry.heard:
        newest, verdict = (entry.cancelled, cancel_letter) if cancels else (entry.version, letter)
        if version == newest:
            repeats = version in told and verdict == "a"
            told.add(version)
            yield index, REPEATED if repeats else BY_LETTER[verdict]
        elif version[:-UNSTAMPED] == newest[:-UNSTAMPED]:
            yield index, CONFLICTED
        else:
            yield index, SUPERSEDED
