"""What all events have in common: they are frozen, strict, and ignore members that they do not know."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Detail(BaseModel):
    """An object within an event."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Fact(Detail):
    """The data of one event type: `type` is the CloudEvents type in full, `stream` the stream whose topics may carry it."""

    type: ClassVar[str]
    stream: ClassVar[str]


def refusal(reason: str, member: str, expected: str, seen: object) -> PydanticCustomError:
    """The error of a rule between members; `reason` is a code of the catalogue."""
    # Only literal messages pass pydantic's types: what may differ goes in as context.
    context = {"member": member, "expected": expected, "seen": str(seen)}
    return PydanticCustomError(reason, "{expected}", context)
