"""What export decides of one event, without a database."""

from typing import Any

import pytest

from services.export import model
from shared.events.export import ExportCancelled, ExportCorrected, ExporterTrained, ProductExported
from shared.identity.links import LINK, msme_key
from shared.messaging.fold import Decided
from tests.oracle.examples import exported, linked, records, told, trained
from tests.oracle.sending import Told, msme
from tests.projections import event_of

JANUARY = 2025 * 12


def decided(event: Told) -> Decided:
    (record,) = records(event)
    return model.decide(event_of(record))


def content(**data: Any) -> dict[str, Any]:
    what = decided(exported(1, "PEB-1", "2025-01-31", **data))
    return dict(zip(model.ITEM.content, what.content, strict=True))


def test_an_item_is_its_declaration_and_publisher() -> None:
    what = decided(exported(1, "PEB-1", "2025-01-31"))
    assert (what.fact, what.key, what.cancels) == (model.ITEM, ("PEB", "PEB-1", "1", "customs"), False)


def test_an_item_says_where_it_went_and_what_it_was_worth() -> None:
    assert content(fob_usd="1000.5", destination="BR", province="ID-JI", unit="C62", quantity="10.000") == {
        "msme": msme_key(msme(1)),
        "month": JANUARY,
        "province": "ID-JI",
        "destination": "BR",
        "region": "419",
        "commodity": "03",
        "priority": "fisheries",
        "fob_cents": 100050,
        "pieces": 10,
    }


@pytest.mark.parametrize(("unit", "pieces"), [("C62", 10), ("H87", 10), ("PCE", 10), ("KGM", 0), ("c62", 0)])
def test_only_units_that_count_pieces_are_products(unit: str, pieces: int) -> None:
    assert content(unit=unit, quantity=10)["pieces"] == pieces


def test_goods_outside_the_list_have_no_priority() -> None:
    assert content(goods={"version": "HS2022", "code": "620520"})["priority"] is None


def test_a_chapter_keeps_its_leading_nought() -> None:
    assert content(goods={"version": "HS2022", "code": "01012100"})["commodity"] == "01"


def test_a_cancellation_speaks_of_the_same_item_and_wins_with_the_same_version() -> None:
    declaration = {"type": "PEB", "number": "PEB-1", "date": "2025-01-31", "item": 1}
    cancelled = decided(told("customs", "export.export-cancelled", "2025-01-31", id="x", declaration=declaration))
    stated = decided(exported(1, "PEB-1", "2025-01-31", id="x"))
    assert (cancelled.key, cancelled.cancels, cancelled.content) == (stated.key, True, ())
    assert cancelled.version > stated.version


def test_a_correction_that_became_known_later_is_newer() -> None:
    first = exported(1, "PEB-1", "2025-01-31", id="b")
    later = told("customs", "export.export-corrected", "2025-01-31", id="a", recordedtime="2025-02-01", **first.data)
    assert decided(later).version > decided(first).version


def test_a_training_is_an_msme_s_programme_at_a_campus() -> None:
    what = decided(trained(1, "Solo", "2025-01-31"))
    assert (what.fact, what.key) == (model.TRAINING, (msme_key(msme(1)), "Solo", "Ekspor", "campus"))
    assert what.content == (JANUARY, None)
    assert decided(trained(1, "Solo", "2025-01-31", province="ID-JT")).content == (JANUARY, "ID-JT")


def test_links_are_heard_too() -> None:
    assert decided(linked("L1", 1, 2, "2025-01-31")).fact is LINK


def test_every_event_of_its_stream_is_decided() -> None:
    assert {fact.type for fact in (ProductExported, ExportCorrected, ExportCancelled, ExporterTrained)} <= set(model.DECIDE)
