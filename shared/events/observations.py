"""Events of the observations stream: statistics offices and ministries say what they observed, and which targets they set.

Stated numbers are `Decimal`s that keep every digit: `str(value)` is the number as it was stated.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import core_schema

from shared.events import fact, shares
from shared.events.values import Country, Day, Flag, Form, Part, PublicText, Stated, Text

_PERIOD = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


def _to_period(text: str) -> str:
    """Refuses a year, month or day that does not exist; the text itself is the period's code."""
    date.fromisoformat(text + "0001-01-01"[len(text) :])
    return text


Period = Annotated[
    str,
    Form(
        core_schema.no_info_after_validator_function(_to_period, core_schema.str_schema(strict=True, pattern=_PERIOD)),
        "a period that exists: YYYY, YYYY-MM or YYYY-MM-DD",
        {"type": "string", "pattern": _PERIOD},
    ),
]


class IndicatorObserved(fact.Fact):
    """A value of an indicator in a period, as others state it; a share in percent, with its parts. An opening balance where `opening`."""

    type: ClassVar[str] = "id.umkm.observations.indicator-observed.v1"
    stream: ClassVar[str] = "observations"

    indicator: Text
    period: Period
    value: Stated
    unit: Text
    stated_by: PublicText
    destination: Country | None = None
    numerator: Part | None = None
    denominator: Part | None = None
    opening: Flag | None = None

    @model_validator(mode="after")
    def _follows_from_its_parts(self) -> Self:
        if self.numerator is None and self.denominator is None:
            return self
        if self.numerator is None or self.denominator is None:
            raise fact.refusal("schema", "numerator", "numerator and denominator, or neither", "one of them")
        if not shares.agrees(self.value, self.numerator, self.denominator):
            raise fact.refusal("share-mismatch", "value", f"what {self.numerator} / {self.denominator} can give, in percent", self.value)
        return self


class Baseline(fact.Detail):
    """Where a target starts from."""

    value: Stated
    at: Day


class Milestone(fact.Detail):
    """What a target wants by a day on its way."""

    at: Day
    value: Stated


class Contributor(fact.Detail):
    """Who contributes what percentage of a target."""

    name: PublicText
    share: Part


class TargetSet(fact.Fact):
    """What an indicator should reach until `due`; `version` is a name, such as `2021-08`."""

    type: ClassVar[str] = "id.umkm.observations.target-set.v1"
    stream: ClassVar[str] = "observations"

    indicator: Text
    version: Text
    set_on: Day
    value: Stated
    due: Day
    baseline: Baseline | None = None
    milestones: list[Milestone] | None = None
    contributors: Annotated[list[Contributor] | None, Field(description="percentages that add up to 100")] = None

    @model_validator(mode="after")
    def _contributors_are_complete(self) -> Self:
        total = sum((contributor.share for contributor in self.contributors or ()), Decimal())
        if self.contributors is not None and total != 100:
            raise fact.refusal("share-mismatch", "contributors", "shares that add up to 100", total)
        return self
