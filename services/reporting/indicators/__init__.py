"""Indicators as data: the files `<id>.toml` beside this one come in, checked definitions go out.

A definition says which cells an indicator adds up, by which dimensions it can be shown, and what its headline is.
An observed id that no file defines is an indicator of its own (`observed`), under its own name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from shared.events import cells

KINDS = ("stock", "flow", "month-count", "share", "observation")
NUMBERS = ("count", "rupiah", "dollars", "percent", "stated")
HEADLINES = ("all", "year", "fiscal-year", "ended-month", "present-month", "shared-year", "observed")
SERVICE_OF = {kind.name: service for service, kinds in cells.KINDS.items() for kind in kinds if kind not in cells.EVERY_SERVICE}
ROLES = ("value", "numerator", "denominator", "unclassified")
CELLS = {kind.name: kind for kinds in cells.KINDS.values() for kind in kinds}


class WrongDefinition(Exception):
    """An indicator's file says something that its cells or its kind cannot give."""


@dataclass(frozen=True, slots=True)
class Group:
    """Dimensions that can be combined, over one kind of cells. Positions count from 0 in a cell's key and measures."""

    cells: str
    service: str
    additive: bool
    dimensions: Mapping[str, int]
    value: int | None
    numerator: int | None
    denominator: int | None
    unclassified: int | None
    only_known: int | None  # only cells that have a code in this dimension
    called: Mapping[str, str]  # a dimension's name in the cells, where it differs

    @property
    def offers(self) -> tuple[str, ...]:
        """Dimensions as readers name them: whatever has `month` has `year`."""
        return tuple(name for dimension in self.dimensions for name in ((dimension, "year") if dimension == "month" else (dimension,)))

    @property
    def part(self) -> str:
        """The part of the kind's cells that counts, as the table of totals names it."""
        return "" if self.only_known is None else "known"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of domain vocabulary; `over` and `rests_on` name the two sources of a share that has two."""

    id: str
    place: int
    kind: str
    number: str
    unit: str
    direction: str
    headline: str
    opening: bool
    facts: tuple[str, ...]
    name: Mapping[str, str]
    definition: Mapping[str, Any]
    groups: tuple[Group, ...]
    present: tuple[str, int] | None  # kind of cells and measure that tell whether a period has data
    rests_on: str | None = None
    over: str | None = None

    @property
    def combinations(self) -> tuple[tuple[tuple[str, ...], bool], ...]:
        """Each group's dimensions, and whether its rows add up to the value."""
        if self.kind == "observation":
            return ((("period", "destination"), False),)
        if self.rests_on is not None:
            return (((("year",) if self.headline == "shared-year" else ("month", "year")), False),)
        return tuple((group.offers, group.additive) for group in self.groups)

    @property
    def periods(self) -> tuple[str, ...]:
        """The forms of `period` that make sense."""
        if self.kind == "observation":
            return ("YYYY", "YYYY-MM", "YYYY-MM-DD")
        if self.kind == "month-count":
            return ("YYYY-MM",)
        if self.rests_on is not None:
            return ("YYYY",) if self.headline == "shared-year" else ("YYYY", "YYYY-MM")
        return ("YYYY", "YYYY-MM", "all") if "month" in self.groups[0].dimensions else ("YYYY", "all")


@cache
def load() -> Mapping[str, Indicator]:
    """All definitions by id, in their place."""
    files = [entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".toml")]
    read = [parse(entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text(encoding="utf-8"))) for entry in files]
    known = {indicator.id: indicator for indicator in sorted(read, key=lambda indicator: indicator.place)}
    for indicator in read:
        for other in (indicator.rests_on, indicator.over):
            expect(other is None or other in known, indicator.id, f"{other} is no indicator")
    return known


def of(name: str) -> Indicator:
    """The definition of an id; of one that no file defines, that of an observation."""
    return load().get(name) or observed(name)


@cache
def observed(name: str) -> Indicator:
    definition = {"version": 1, "text": "As observed", "source": "Whoever states it"}
    return Indicator(
        name, 1000, "observation", "stated", "", "none", "observed", False, (), {"id": name, "en": name}, definition, (), None
    )  # fmt: skip


def parse(name: str, text: Mapping[str, Any]) -> Indicator:
    """One file's content, checked against the cells it names."""
    expect(text["id"] == name, name, "the id is not the file's name")
    for field, allowed in (("kind", KINDS), ("number", NUMBERS), ("headline", HEADLINES)):
        expect(text[field] in allowed, name, f"{field} is none of {allowed}")
    expect(not text["opening"] or text["kind"] in ("stock", "flow"), name, "an opening needs a stock or a flow")
    expect(set(text["name"]) == {"id", "en"}, name, "a name is needed in Indonesian and in English")
    present = text.get("present")
    return Indicator(
        id=name,
        **{field: text[field] for field in ("place", "kind", "number", "unit", "direction", "headline", "opening", "name", "definition")},
        facts=tuple(text["facts"]),
        groups=tuple(parse_group(name, group) for group in text.get("groups", ())),
        present=None if present is None else (present["cells"], measure(name, present["cells"], present["measure"])),
        rests_on=text.get("rests_on"),
        over=text.get("over"),
    )


def parse_group(name: str, text: Mapping[str, Any]) -> Group:
    kind, called = text["cells"], text.get("called", {})
    expect(kind in SERVICE_OF, name, f"{kind} is no kind of cells")
    places = CELLS[kind].dimensions
    inner = {dimension: called.get(dimension, dimension) for dimension in text["dimensions"]}
    expect(set(inner.values()) <= set(places), name, f"{kind} has no such dimensions: {set(inner.values()) - set(places)}")
    expect(("value" in text) != ("numerator" in text), name, "a group has a value or a numerator")
    expect(("numerator" in text) == ("denominator" in text), name, "a share has a numerator and a denominator")
    return Group(
        cells=kind,
        service=SERVICE_OF[kind],
        additive=text["additive"],
        dimensions={dimension: places.index(inner[dimension]) for dimension in inner},
        only_known=places.index(text["only_known"]) if "only_known" in text else None,
        called=called,
        **{
            role: measure(name, kind, text[role]) if role in text else None
            for role in ("value", "numerator", "denominator", "unclassified")
        },
    )


def measure(name: str, kind: str, wanted: str) -> int:
    """The position of a kind's measure."""
    expect(wanted in CELLS[kind].measures, name, f"{kind} does not measure {wanted}")
    return CELLS[kind].measures.index(wanted)


def expect(holds: bool, name: str, otherwise: str) -> None:
    if not holds:
        raise WrongDefinition(f"{name}.toml: {otherwise}")
