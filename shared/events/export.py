"""Events of the export stream: customs and logistics say what MSMEs exported, training campuses who completed a programme."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from shared.events import fact, goods
from shared.events.values import Country, Day, HsCode, Item, MsmeId, Province, PublicText, Quantity, Text, Usd


class Declaration(fact.Detail):
    """One item of an export declaration: a PEB, or a consignment note (CN) for small parcels. `item` is text."""

    type: Literal["PEB", "CN"]
    number: Text
    date: Day
    item: Item


class Goods(fact.Detail):
    """A goods code, and the version of the Harmonized System it is of."""

    version: Text
    code: HsCode


class _Export(fact.Fact):
    stream: ClassVar[str] = "export"

    msme_id: MsmeId
    declaration: Declaration
    goods: Goods
    destination: Country
    province: Province
    fob_usd: Usd
    quantity: Quantity
    unit: Text
    platform: Text | None = None

    @model_validator(mode="after")
    def _pieces_are_whole(self) -> Self:
        if self.unit in goods.PIECES and self.quantity % 1:
            raise fact.refusal("schema", "quantity", f"a whole number, as unit {self.unit} counts pieces", self.quantity)
        return self


class ProductExported(_Export):
    """An item was exported; `fob_usd` is in US cents."""

    type: ClassVar[str] = "id.umkm.export.product-exported.v1"


class ExportCorrected(_Export):
    """The whole item as it should have been."""

    type: ClassVar[str] = "id.umkm.export.export-corrected.v1"


class ExportCancelled(fact.Fact):
    """An item was not exported after all."""

    type: ClassVar[str] = "id.umkm.export.export-cancelled.v1"
    stream: ClassVar[str] = "export"

    declaration: Declaration


class ExporterTrained(fact.Fact):
    """An MSME completed a programme at a training campus."""

    type: ClassVar[str] = "id.umkm.export.exporter-trained.v1"
    stream: ClassVar[str] = "export"

    msme_id: MsmeId
    campus: PublicText
    programme: PublicText
    completed_on: Day
    province: Province | None = None
