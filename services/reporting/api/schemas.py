"""The forms of answers, for the documentation only: replies are written from the figures themselves."""

from typing import Any, Literal

from pydantic import BaseModel, Field

Number = int | str


class Name(BaseModel):
    id: str = Field(description="in Indonesian")
    en: str = Field(description="in English")


class Opening(BaseModel):
    """A total that others stated as of the end of a month or year, and what of it we do not know by name."""

    value: Number
    at: str = Field(description="its period's last day")
    stated_by: str
    remainder: Number
    contradicted: bool = Field(description="true where we know more than was stated")


class Target(BaseModel):
    version: str
    value: Number
    due: str
    percent: str | None
    remaining: Number | None


class Stated(BaseModel):
    """What others say of one of our own indicators."""

    value: Number
    unit: str
    period: str
    stated_by: str


class Parts(BaseModel):
    value: Number | None = Field(description="a count: integer; an amount, share or percent: decimal string; null without data")
    numerator: Number | None
    denominator: Number | None
    unclassified: str | None


class Figure(Parts):
    id: str
    name: Name
    unit: str
    period: str | None
    opening: Opening | None
    target: Target | None
    stated: Stated | None
    status: Literal["no-data", "provisional", "final"]
    watermark: str | None = Field(description="the newest event time counted")


class Row(Parts):
    """One code of the dimension that was asked for, under the dimension's name; null where unknown, `opening` for a remainder."""

    model_config = {"extra": "allow"}


class Answer(Figure):
    by: str | None = None
    additive: bool | None = Field(None, description="whether rows add up to the value")
    rows: list[Row] | None = None
    notes: list[str] | None = None


class Progress(BaseModel):
    cursor: str
    indicators: list[Figure]


class Group(BaseModel):
    dimensions: list[str] = Field(description="can be combined: one as `by`, others as filters")
    additive: bool


class Definition(BaseModel):
    version: int
    text: str
    source: str


class Indicator(BaseModel):
    id: str
    name: Name
    kind: str
    unit: str
    direction: str
    headline: str
    periods: list[str]
    groups: list[Group]
    opening: bool
    definition: Definition


class Indicators(BaseModel):
    indicators: list[Indicator]


class Changes(BaseModel):
    cursor: str
    more: bool
    changes: list[Figure]


class Receipt(BaseModel):
    stream: str
    sent: int
    applied: int
    repeated: int
    superseded: int
    conflicted: int
    quarantined: int
    reasons: dict[str, int]


class Receipts(BaseModel):
    publisher: str
    streams: list[Receipt]


class Refusal(BaseModel):
    stream: str
    topic: str
    partition: int
    offset: int
    at: str = Field(description="when the broker had the record")
    reason: str
    path: str | None
    expected: str | None
    seen: str | None


class Rejected(BaseModel):
    publisher: str
    cursor: str
    more: bool
    rejected: list[Refusal]


class ContestedFact(BaseModel):
    kind: str
    key: Any
    publishers: list[str]
    leads: str | None


class Contested(BaseModel):
    cursor: str
    more: bool
    contested: list[ContestedFact]


class Problem(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    possible: list[str] | None = None


def of(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The replies of a path: the answer, not modified, and what is wrong."""
    problem = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    replies: dict[int | str, dict[str, Any]] = {200: {"model": model}, 304: {"description": "As the reader has it"}}
    for status, words in ((400, "Not a question that can be answered"), (404, "Unknown"), (410, "No longer kept")):
        replies[status] = {"description": words, "content": problem}
    return replies
