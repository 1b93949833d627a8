"""What onboarding decides, without any I/O: events come in, versions of keys go out, or a refusal.

A listing is three things that arrive in any order: its newest profile, its earliest sighting, its newest offboarding.
"""

from collections.abc import Callable
from typing import Any

from shared.events import versions
from shared.events.envelope import Event
from shared.events.identity import IdentitiesLinked, IdentitiesUnlinked
from shared.events.onboarding import MsmeOffboarded, MsmeOnboarded, MsmeProfileChanged, TradingReported
from shared.events.publishers import Publishers
from shared.events.reasons import Refused
from shared.identity.links import decide_link, msme_key
from shared.messaging.fold import Decided, Fact
from shared.runtime import clock

NEVER = 32767
LISTING = Fact(
    "listing",
    key=("msme", "platform", "merchant_id", "publisher"),
    content=("province", "role", "scale"),
    empty=(None, None, None),
    cancel_content=("off_month",),
    cancel_empty=(NEVER,),
    keeps_first=True,
    coded=("platform", "publisher", "province", "role", "scale"),
    of_msme=True,
)
TRADING = Fact(
    "trading",
    key=("msme", "platform", "merchant_id", "month", "publisher"),
    content=("province", "role", "orders", "value_idr", "local_value_idr"),
    empty=(),
    coded=("platform", "publisher", "province", "role"),
    of_msme=True,
)


def decide(event: Event, publishers: Publishers) -> Decided:
    """Which key gets which version. Raises Refused where a publisher speaks for a platform that is not its own."""
    platform = getattr(event.data, "platform", None)
    if platform is not None and not publishers.may_speak_for(event.publisher, platform):
        raise Refused("foreign-platform", "data.platform", f"a platform that {event.publisher} is registered for", platform)
    return DECIDE[event.type](event, event.data)


def decide_profile(event: Event, data: MsmeOnboarded | MsmeProfileChanged) -> Decided:
    content = (data.province, data.role, data.scale)
    return Decided(LISTING, listing_key(event, data), versions.of_time(event), content, first=clock.month_of(event.time_ns))


def decide_offboarding(event: Event, data: MsmeOffboarded) -> Decided:
    version = versions.of_time(event, versions.CANCELLATION)
    return Decided(LISTING, listing_key(event, data), version, (clock.month_of(event.time_ns),), cancels=True)


def decide_trading(event: Event, data: TradingReported) -> Decided:
    key = (msme_key(data.msme_id), data.platform, data.merchant_id, data.month, event.publisher)
    return Decided(TRADING, key, versions.of_time(event), (data.province, data.role, data.orders, data.value_idr, data.local_value_idr))


def listing_key(event: Event, data: MsmeOnboarded | MsmeProfileChanged | MsmeOffboarded) -> tuple[object, ...]:
    return (msme_key(data.msme_id), data.platform, data.merchant_id, event.publisher)


DECIDE: dict[str, Callable[[Event, Any], Decided]] = {
    MsmeOnboarded.type: decide_profile,
    MsmeProfileChanged.type: decide_profile,
    MsmeOffboarded.type: decide_offboarding,
    TradingReported.type: decide_trading,
    IdentitiesLinked.type: decide_link,
    IdentitiesUnlinked.type: decide_link,
}
