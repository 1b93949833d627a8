"""Events of the onboarding stream: e-commerce platforms say which MSMEs sell on them, and what they sold in a month."""

from typing import ClassVar, Self

from pydantic import model_validator

from shared.events import fact
from shared.events.values import Month, MsmeId, Orders, Province, Role, Rupiah, Scale, Text


class _Listing(fact.Fact):
    stream: ClassVar[str] = "onboarding"

    msme_id: MsmeId
    platform: Text
    merchant_id: Text


class _Profile(_Listing):
    province: Province
    role: Role
    scale: Scale


class MsmeOnboarded(_Profile):
    """An MSME stands on a platform from `time` on, as this merchant."""

    type: ClassVar[str] = "id.umkm.onboarding.msme-onboarded.v1"


class MsmeProfileChanged(_Profile):
    """The whole profile of a listing as it is now."""

    type: ClassVar[str] = "id.umkm.onboarding.msme-profile-changed.v1"


class MsmeOffboarded(_Listing):
    """A listing ended."""

    type: ClassVar[str] = "id.umkm.onboarding.msme-offboarded.v1"


class TradingReported(_Listing):
    """A seller's month on a platform: `value_idr` and the part of it that is local, in rupiah; `month` is year * 12 + month - 1."""

    type: ClassVar[str] = "id.umkm.onboarding.trading-reported.v1"

    month: Month
    province: Province
    role: Role
    orders: Orders
    value_idr: Rupiah
    local_value_idr: Rupiah

    @model_validator(mode="after")
    def _local_is_a_part(self) -> Self:
        if self.local_value_idr > self.value_idr:
            raise fact.refusal("local-above-total", "local_value_idr", f"not above value_idr, {self.value_idr}", self.local_value_idr)
        return self
