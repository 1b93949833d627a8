"""Personal numbers are refused, and nothing of them is left in what is kept or told. All numbers here are made up."""

import base64
import json
from dataclasses import replace

import pytest

from shared.events import personal
from tests.contracts import records
from tests.contracts.records import accepted, binary, refused, refused_data, structured

MAN, WOMAN, TAX = "9999991203990001", "9999995203990001", "99.999.999.9-999.999"
PSEUDONYM = "hmac-sha256:contoh-2024:"


@pytest.mark.parametrize(
    ("digits", "is_one"),
    [
        (MAN, True),
        (WOMAN, True),
        ("9999990112990001", True),
        ("9999993101990001", True),
        ("9999994101990001", True),
        ("9999997112990001", True),
        ("9999990003990001", False),
        ("9999993203990001", False),
        ("9999994003990001", False),
        ("9999997203990001", False),
        ("9999991200990001", False),
        ("9999991213990001", False),
        ("1" + MAN, False),
        (MAN + "1", False),
        (MAN[:15], False),
        ("x" + MAN + "x", True),
        ("é" + MAN + "é", True),
        (TAX, True),
        ("1" + TAX, False),
        ("99.999.999.9-999999", False),
    ],
)
def test_what_is_a_personal_number(digits: str, is_one: bool) -> None:
    assert personal.is_in(digits) is is_one
    assert personal.is_in_bytes(digits.encode()) is is_one
    assert personal.is_in_bytes("".join(f"\\u{ord(digit):04x}" for digit in digits).encode()) is is_one
    assert personal.is_in_bytes(digits.replace("é", "x").encode("utf-16-le")) is is_one


@pytest.mark.parametrize("number", [MAN, TAX])
@pytest.mark.parametrize(
    ("name", "member", "path"),
    [
        ("msme-onboarded", {"msme_id": "N"}, "data.msme_id"),
        ("msme-onboarded", {"msme_id": "hmac-sha256:k:N"}, "data.msme_id"),
        ("exporter-trained", {"campus": "Kampus N"}, "data.campus"),
        ("exporter-trained", {"programme": "N"}, "data.programme"),
        ("business-matched", {"forum": "Forum N"}, "data.forum"),
        ("business-matched", {"enterprise": {"id": "E", "name": "N", "kind": "soe", "country": "ID"}}, "data.enterprise.name"),
        ("budget-announced", {"buyer": {"id": "B", "name": "N", "kind": "soe"}}, "data.buyer.name"),
        ("indicator-observed", {"stated_by": "N"}, "data.stated_by"),
        ("target-set", {"contributors": [{"name": "N", "share": "100"}]}, "data.contributors[0].name"),
        ("msme-onboarded", {"owner": "N"}, "data.owner"),
        ("msme-onboarded", {"owner": {"ids": ["x", "N"]}}, "data.owner.ids[1]"),
        ("budget-announced", {"buyer": {"id": "B", "name": "x", "kind": "soe", "tax": "N"}}, "data.buyer.tax"),
        ("target-set", {"milestones": [{"at": "2024-01-01", "value": 1, "who": "N"}]}, "data.milestones[0].who"),
    ],
)
def test_refused_where_none_may_stand(name: str, member: dict[str, object], path: str, number: str) -> None:
    changes = json.loads(json.dumps(member).replace("N", number, 1) if "N" in json.dumps(member) else "{}")
    rejection = refused_data(name, **changes)
    assert (rejection.reason, rejection.path, rejection.personal) == ("personal-identifier", path, True)
    assert number not in repr(rejection)


def test_refused_as_an_integer_and_as_the_name_of_a_member() -> None:
    assert refused_data("msme-onboarded", owner=int(MAN)).reason == "personal-identifier"
    assert refused_data("msme-onboarded", owner=[{"id": int(MAN)}]).reason == "personal-identifier"
    assert refused_data("msme-onboarded", msme_id=int(MAN)).reason == "personal-identifier"
    rejection = refused_data("msme-onboarded", **{MAN: 1})
    assert rejection.reason == "personal-identifier"
    assert MAN not in repr(rejection)


def test_refused_in_the_key_id_of_a_pseudonym() -> None:
    assert refused_data("msme-onboarded", msme_id=f"hmac-sha256:{MAN}:{'a' * 64}").reason == "personal-identifier"
    linked = [f"hmac-sha256:{MAN}:{'a' * 64}", PSEUDONYM + "b" * 64]
    assert refused_data("identities-linked", msme_ids=linked).reason == "personal-identifier"


def test_a_pseudonym_whose_digits_look_like_one_is_taken() -> None:
    lookalike = PSEUDONYM + "a" * 24 + MAN + "b" * 24
    assert accepted(binary("msme-onboarded", records.example("msme-onboarded", msme_id=lookalike))).data
    unknown = accepted(binary("msme-onboarded", records.example("msme-onboarded", msme_id=lookalike, also=lookalike)))
    assert unknown.data
    rejection = refused_data("msme-onboarded", msme_id=lookalike, scale="huge")
    assert (rejection.reason, rejection.personal) == ("schema", False)


def test_other_members_may_hold_sixteen_digits() -> None:
    assert accepted(binary("msme-onboarded", records.example("msme-onboarded", merchant_id=MAN))).data


@pytest.mark.parametrize(
    "record",
    [
        binary("msme-onboarded", b"{" + MAN.encode()),
        binary("msme-onboarded", source=MAN),
        binary("msme-onboarded", type=f"about {MAN}"),
        binary("msme-onboarded", specversion=MAN),
        binary("msme-onboarded", time=MAN),
        binary("msme-onboarded", data={"merchant_id": MAN}),
        binary("msme-onboarded", subject=MAN, specversion="2"),
        replace(binary("msme-onboarded", specversion="2"), key=MAN.encode()),
        replace(binary("msme-onboarded", specversion="2"), headers=((MAN, b""),)),
        structured("msme-onboarded", type="unknown", subject=TAX),
        structured("msme-onboarded", type="unknown", data={"nik": MAN}),
        structured("msme-onboarded", data=..., data_base64=base64.b64encode(f'{{"x":"{MAN}"'.encode()).decode()),
        binary("msme-onboarded", (f'{{"merchant_id":"{MAN}"' + " " * 70_000).encode()),
        binary("msme-onboarded", json.dumps({"note": MAN}).replace("9", "\\u0039").encode()),
    ],
)
def test_whatever_the_reason_nothing_of_it_is_kept(record: records.FakeRecord) -> None:
    rejection = refused(record)
    assert rejection.personal
    assert MAN not in repr(rejection)
    assert TAX not in repr(rejection)


def test_a_refusal_without_personal_numbers_says_so() -> None:
    rejection = refused_data("msme-onboarded", scale="huge")
    assert not rejection.personal
    assert rejection.seen == '"huge"'
