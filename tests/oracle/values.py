"""One check a kind of value (contract §2): takes a JSON value, returns nothing, raises Refusal."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.oracle.places import PROVINCES, REGION_OF
from tests.oracle.records import Refusal

Check = Callable[[Any], None]
Members = dict[str, tuple[Check, bool]]  # name → check, required

_DAY_AND_MONTH = r"(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(?:0[1-9]|1[0-2])"
_PERSONAL = re.compile(
    rf"(?<![0-9])[0-9]{{6}}{_DAY_AND_MONTH}[0-9]{{6}}(?![0-9])|[0-9]{{2}}\.[0-9]{{3}}\.[0-9]{{3}}\.[0-9]-[0-9]{{3}}\.[0-9]{{3}}"
)
_MSME = re.compile(r"hmac-sha256:[a-z0-9-]{1,32}:[0-9a-f]{64}")
PIECES = ("C62", "H87", "PCE")


def refuse(detail: str, *reasons: str) -> None:
    raise Refusal(reasons or ("schema",), detail)


def text(value: Any) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value):
        refuse(f"not a text: {value!r}")


def name(value: Any) -> None:
    if holds_personal_number(value):
        refuse("a personal number", "personal-identifier")
    text(value)


def holds_personal_number(value: Any) -> bool:
    return isinstance(value, str) and _PERSONAL.search(value) is not None


def msme_id(value: Any) -> None:
    """Sixteen digits in a row happen by chance among 64 hexadecimal ones: of a pseudonym only the key id is looked at."""
    if isinstance(value, str) and _MSME.fullmatch(value):
        value = value.rpartition(":")[0]
        if not holds_personal_number(value):
            return
    if holds_personal_number(value):
        refuse("a personal number", "personal-identifier")
    refuse(f"not a pseudonym: {value!r}")


def two_msme_ids(value: Any) -> None:
    if not isinstance(value, list) or len(value) != 2 or value[0] == value[1]:
        refuse("not two different pseudonyms")
    for member in value:
        msme_id(member)


def one_of(*codes: str) -> Check:
    def check(value: Any) -> None:
        if value not in codes or not isinstance(value, str):
            refuse(f"{value!r} is none of {codes}")

    return check


def matching(pattern: str) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            refuse(f"{value!r} is not {pattern}")

    return check


province = one_of(*PROVINCES)
country = one_of(*REGION_OF)
rupiah = matching("[0-9]{1,15}")
dollars = matching(r"[0-9]{1,13}(\.[0-9]{1,2})?")
goods_code = matching("[0-9]{6}|[0-9]{8}")


def integer(least: int, most: int) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            refuse(f"{value!r} is no integer from {least} to {most}")

    return check


version = integer(1, 2**31 - 1)
fiscal_year = integer(2000, 2100)
orders = integer(0, 2**63 - 1)


def quantity(value: Any) -> None:
    if isinstance(value, str):
        matching(r"[0-9]{1,15}(\.[0-9]{1,3})?")(value)
    else:
        integer(0, 10**15)(value)


def percent_or_none(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 100 or Decimal(value) * 100 % 1 != 0:
        refuse(f"{value!r} is no percent")


def boolean(value: Any) -> None:
    if not isinstance(value, bool):
        refuse(f"{value!r} is no boolean")


def stated_number(value: Any) -> None:
    """Of observations and targets: an integer, or a decimal string with up to 18 and 6 digits."""
    if isinstance(value, str):
        matching(r"[0-9]{1,18}(\.[0-9]{1,6})?")(value)
    else:
        integer(0, 10**18 - 1)(value)


def stated_part(value: Any) -> None:
    """Parts of a stated share are strings, as their last stated digit counts."""
    matching(r"[0-9]{1,18}(\.[0-9]{1,6})?")(value)


def item(value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        return
    text(value)


def date(value: Any) -> None:
    matching("[0-9]{4}-[0-9]{2}-[0-9]{2}")(value)
    _real(value)


def month(value: Any) -> None:
    matching("[0-9]{4}-[0-9]{2}")(value)
    _real(f"{value}-01")


def period(value: Any) -> None:
    matching("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")(value)
    _real(f"{value}-01-01"[:10])


def _real(value: str) -> None:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        refuse(f"{value!r} is no date")


def members_of(members: Members) -> Check:
    """An object; unknown members are ignored, unless they hold a personal number."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            refuse("not an object")
        for unknown in value.keys() - members.keys():
            _check_unknown(value[unknown])
        for member, (check_member, required) in members.items():
            if value.get(member) is not None:
                check_member(value[member])
            elif required:
                refuse(f"{member} is missing")

    return check


def list_of(check_member: Check, least: int = 1) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, list) or len(value) < least:
            refuse("not a list")
        for member in value:
            check_member(member)

    return check


def _check_unknown(value: Any) -> None:
    if holds_personal_number(value):
        refuse("a personal number", "personal-identifier")
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_unknown(member)
