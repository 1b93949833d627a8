"""Events of the procurement stream: procurement systems say what was awarded to whom, and out of which budgets; forums say
which MSMEs they matched with which enterprises. Amounts are whole rupiah."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.events import fact, reasons
from shared.events.values import (
    Country,
    Day,
    FiscalYear,
    Flag,
    LegalForm,
    MsmeId,
    Percentage,
    Province,
    PublicText,
    Rupiah,
    SupplierScale,
    Text,
    Version,
)


class Buyer(fact.Detail):
    """Who buys with public money; budgets and awards of one buyer meet in `id`."""

    id: Text
    name: PublicText
    kind: Literal["ministry", "agency", "region", "soe"]


class Supplier(fact.Detail):
    """A supplier as the award states it; its id joins nothing outside the award."""

    id: Text
    scale: SupplierScale
    legal_form: LegalForm
    country: Country
    share_idr: Rupiah | None = None


class Domestic(fact.Detail):
    """Domestic content: made here (`pdn`), and the percentages TKDN and BMP; None where not stated."""

    pdn: Flag | None = None
    tkdn: Percentage | None = None
    bmp: Percentage | None = None


class _Award(fact.Fact):
    stream: ClassVar[str] = "procurement"

    ocid: Text
    award_id: Text
    version: Version
    awarded_on: Day
    buyer: Buyer
    fiscal_year: FiscalYear
    value_idr: Rupiah
    suppliers: Annotated[list[Supplier], Field(min_length=1)]
    method: Text
    category: Text
    domestic: Domestic
    province: Province
    currency: Annotated[Literal["IDR"] | None, Field(json_schema_extra={"description": "IDR, where stated"})] = None

    @field_validator("currency", mode="before")
    @classmethod
    def _is_rupiah(cls, currency: object) -> object:
        if currency is not None and currency != "IDR":
            raise fact.refusal("currency", "", "IDR, or no currency", reasons.shown(currency))
        return currency

    @model_validator(mode="after")
    def _parts_make_the_whole(self) -> Self:
        stated = [supplier.share_idr for supplier in self.suppliers if supplier.share_idr is not None]
        if stated and len(stated) != len(self.suppliers):
            raise fact.refusal(
                "parts-mismatch", "suppliers", "a share_idr of every supplier or of none", f"{len(stated)} of {len(self.suppliers)}"
            )
        if stated and sum(stated) != self.value_idr:
            raise fact.refusal("parts-mismatch", "suppliers", f"shares that add up to {self.value_idr}", sum(stated))
        return self


class ProcurementAwarded(_Award):
    """A contract was awarded: the whole value, at a version."""

    type: ClassVar[str] = "id.umkm.procurement.procurement-awarded.v1"


class AwardAmended(_Award):
    """The whole award as it is now, at a higher version."""

    type: ClassVar[str] = "id.umkm.procurement.award-amended.v1"


class AwardCancelled(fact.Fact):
    """An award was withdrawn."""

    type: ClassVar[str] = "id.umkm.procurement.award-cancelled.v1"
    stream: ClassVar[str] = "procurement"

    ocid: Text
    award_id: Text
    version: Version
    reason: Text


class BudgetAnnounced(fact.Fact):
    """A buyer's procurement budget of a year, and what of it is set aside for micro and small enterprises and cooperatives."""

    type: ClassVar[str] = "id.umkm.procurement.budget-announced.v1"
    stream: ClassVar[str] = "procurement"

    buyer: Buyer
    fiscal_year: FiscalYear
    version: Version
    budget_idr: Rupiah
    umkk_allocation_idr: Rupiah


class Enterprise(fact.Detail):
    """The larger side of a match."""

    id: Text
    name: PublicText
    kind: Literal["soe", "large", "foreign"]
    country: Country


class BusinessMatched(fact.Fact):
    """A forum brought an MSME and an enterprise together; the potential is what both expect."""

    type: ClassVar[str] = "id.umkm.procurement.business-matched.v1"
    stream: ClassVar[str] = "procurement"

    match_id: Text
    forum: PublicText
    kind: Literal["assessment", "supply-chain", "joint-venture"]
    enterprise: Enterprise
    msme_id: MsmeId
    province: Province
    component: Text
    potential_idr: Rupiah
