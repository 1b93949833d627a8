"""Events of the identity stream: the identity registry says which pseudonyms are one MSME. Heard by all domain services."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.events import fact
from shared.events.values import MsmeId, Text


class _Link(fact.Fact):
    stream: ClassVar[str] = "identity"

    link_id: Text


class IdentitiesLinked(_Link):
    """Two pseudonyms are one MSME, while this link stands."""

    type: ClassVar[str] = "id.umkm.identity.identities-linked.v1"

    msme_ids: Annotated[list[MsmeId], Field(min_length=2, max_length=2, json_schema_extra={"uniqueItems": True})]

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.msme_ids[0] == self.msme_ids[1]:
            raise fact.refusal("schema", "msme_ids", "two different pseudonyms", "the same one twice")
        return self


class IdentitiesUnlinked(_Link):
    """A link ended."""

    type: ClassVar[str] = "id.umkm.identity.identities-unlinked.v1"
