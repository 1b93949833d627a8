"""The three shapes of a figure, each counted in the plainest way: stays, amounts and months of activity.

Months are integers (year * 12 + month - 1). A filter is {dimension: code}; what it does not name is not asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Codes = dict[str, str | None]
Filter = dict[str, str | None]


@dataclass(frozen=True)
class Stay:
    """`unit` stands from the month `start` until before the month `end` (None: still) in these codes."""

    unit: str
    codes: Codes
    start: int
    end: int | None = None

    def stands(self, month: int | None) -> bool:
        if month is None:
            return self.end is None
        return self.start <= month and (self.end is None or month < self.end)


@dataclass(frozen=True)
class Amount:
    """Something that flowed: `top` over `bottom` where it is a share, `aside` is what stands beside it as unclassified."""

    codes: Codes
    top: int
    bottom: int = 0
    aside: int = 0
    counts_as_data: bool = True


@dataclass(frozen=True)
class Active:
    """`unit` was active in `month`."""

    unit: str
    month: int
    codes: Codes


@dataclass
class Number:
    """What a reader sees of one row, before it is written down."""

    top: int = 0
    bottom: int = 0
    aside: int = 0
    found: int = 0


def agrees(codes: Codes, wanted: Filter) -> bool:
    return all(codes[dimension] == code for dimension, code in wanted.items())


@dataclass
class Stock:
    stays: list[Stay] = field(default_factory=list)

    def count(self, month: int | None, wanted: Filter) -> int:
        """Distinct units that stand at the end of `month` (None: now)."""
        return len({stay.unit for stay in self.stays if stay.stands(month) and agrees(stay.codes, wanted)})

    def by(self, dimension: str, month: int | None, wanted: Filter) -> dict[str | None, int]:
        standing = [stay for stay in self.stays if stay.stands(month) and agrees(stay.codes, wanted)]
        codes = {stay.codes[dimension] for stay in standing}
        return {code: len({stay.unit for stay in standing if stay.codes[dimension] == code}) for code in codes}

    def first_month(self) -> int | None:
        return min((stay.start for stay in self.stays), default=None)


@dataclass
class Flow:
    amounts: list[Amount] = field(default_factory=list)

    def sum(self, wanted: Filter) -> Number:
        return total(amount for amount in self.amounts if agrees(amount.codes, wanted))

    def by(self, dimension: str, wanted: Filter) -> dict[str | None, Number]:
        chosen = [amount for amount in self.amounts if agrees(amount.codes, wanted)]
        codes = {amount.codes[dimension] for amount in chosen}
        return {code: total(amount for amount in chosen if amount.codes[dimension] == code) for code in codes}

    def newest(self, dimension: str, useful: Callable[[Amount], bool]) -> str | None:
        """The newest code (a year) that has data."""
        return max((code for amount in self.amounts if useful(amount) and (code := amount.codes[dimension])), default=None)


def total(amounts: Iterable[Amount]) -> Number:
    number = Number()
    for amount in amounts:
        number.top += amount.top
        number.bottom += amount.bottom
        number.aside += amount.aside
        number.found += amount.counts_as_data
    return number


@dataclass
class MonthCount:
    """Units active in each of the `span` months that end with a month."""

    active: list[Active] = field(default_factory=list)
    span: int = 1

    def units(self, month: int, wanted: Filter) -> int:
        return sum(agrees(codes, wanted) for codes in self.where(month).values())

    def by(self, dimension: str, month: int, wanted: Filter) -> dict[str | None, int]:
        chosen = [codes[dimension] for codes in self.where(month).values() if agrees(codes, wanted)]
        return {code: chosen.count(code) for code in set(chosen)}

    def where(self, month: int) -> dict[str, Codes]:
        """Each unit of the month, in the codes of its newest fact of the span (`active` is sorted, newest last)."""
        window = range(month - self.span + 1, month + 1)
        months: dict[str, set[int]] = {}
        codes: dict[str, Codes] = {}
        for active in self.active:
            if active.month in window:
                months.setdefault(active.unit, set()).add(active.month)
                codes[active.unit] = active.codes
        return {unit: codes[unit] for unit in codes if len(months[unit]) == self.span}

    def newest_ended(self, present: int) -> int | None:
        return max((active.month for active in self.active if active.month < present), default=None)
