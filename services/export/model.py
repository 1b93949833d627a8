"""What export decides, without any I/O: events come in, versions of keys go out.

An item is two things that arrive in any order: its newest statement, by whichever MSME it was exported, and its newest cancellation.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from shared.events import countries, goods, versions
from shared.events.envelope import Event
from shared.events.export import ExportCancelled, ExportCorrected, ExporterTrained, ProductExported
from shared.events.identity import IdentitiesLinked, IdentitiesUnlinked
from shared.identity.links import decide_link, msme_key
from shared.messaging.fold import Decided, Fact

ITEM = Fact(
    "item",
    key=("type", "number", "item", "publisher"),
    content=("msme", "month", "province", "destination", "region", "commodity", "priority", "fob_cents", "pieces"),
    empty=(None,) * 9,
    coded=("type", "publisher", "province", "destination", "region", "commodity", "priority"),
)
TRAINING = Fact(
    "training",
    key=("msme", "campus", "programme", "publisher"),
    content=("month", "province"),
    empty=(),
    coded=("campus", "publisher", "province"),
    of_msme=True,
)


def decide(event: Event) -> Decided:
    """Which key gets which version."""
    return DECIDE[event.type](event, event.data)


def decide_item(event: Event, data: ProductExported | ExportCorrected) -> Decided:
    code, destination = data.goods.code, data.destination
    place = (month_of(data.declaration.date), data.province, destination, countries.region(destination))
    content = (msme_key(data.msme_id), *place, goods.chapter(code), goods.priority(code), data.fob_usd, pieces(data))
    return Decided(ITEM, item_key(event, data), versions.of_time(event), content)


def decide_cancellation(event: Event, data: ExportCancelled) -> Decided:
    return Decided(ITEM, item_key(event, data), versions.of_time(event, versions.CANCELLATION), (), cancels=True)


def decide_training(event: Event, data: ExporterTrained) -> Decided:
    key = (msme_key(data.msme_id), data.campus, data.programme, event.publisher)
    return Decided(TRAINING, key, versions.of_time(event), (month_of(data.completed_on), data.province))


def item_key(event: Event, data: ProductExported | ExportCorrected | ExportCancelled) -> tuple[object, ...]:
    return (data.declaration.type, data.declaration.number, data.declaration.item, event.publisher)


def pieces(data: ProductExported | ExportCorrected) -> int:
    """How many products an item is; none where its unit measures instead of counting."""
    return int(data.quantity) if data.unit in goods.PIECES else 0


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


DECIDE: dict[str, Callable[[Event, Any], Decided]] = {
    ProductExported.type: decide_item,
    ExportCorrected.type: decide_item,
    ExportCancelled.type: decide_cancellation,
    ExporterTrained.type: decide_training,
    IdentitiesLinked.type: decide_link,
    IdentitiesUnlinked.type: decide_link,
}
