"""An expected answer and a stated one in; the differences as sentences out.

Numbers are compared by value, and their form as the contract asks: counts are JSON integers, all else decimal strings
without exponent. Rows of 0 may be left out. In what is filtered or of a period, 0 and null are not told apart.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Answer = dict[str, Any]
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_PARTS = ("value", "numerator", "denominator", "unclassified")
_OPENING = ("value", "at", "stated_by", "remainder", "contradicted")
_TARGET = ("version", "value", "due", "percent", "remaining")


def headline(expected: Answer, stated: Answer, loose: bool) -> Iterator[str]:
    """One figure of `/v1/progress`. `loose`: whether it is a count or an amount is for the system to know."""
    yield from _members(expected, stated, _PARTS, loose)
    if expected["value"] is not None:
        yield from _members(expected, stated, ("period",), loose)
    yield from _object("opening", expected, stated, _OPENING, loose)
    yield from _object("target", expected, stated, _TARGET, loose)
    if stated.get("status") not in (("no-data",) if expected["value"] is None else ("provisional", "final")):
        yield f"status is {stated.get('status')!r} with value {expected['value']!r}"


def breakdown(by: str, expected: Answer, stated: Answer, loose: bool, special: bool) -> Iterator[str]:
    """`special`: filtered, or of a period that was asked for."""
    if not (special and _is_nothing(expected["value"]) and _is_nothing(stated.get("value"))):
        yield from _members(expected, stated, ("value",), loose)
    if by:
        yield from rows(by, expected["rows"], stated.get("rows") or [], loose)


def rows(by: str, expected: dict[str | None, Answer], stated: list[Answer], loose: bool) -> Iterator[str]:
    found: dict[str | None, Answer] = {}
    for row in stated:
        if by not in row or row[by] in found:
            yield f"a row without {by}, or twice: {row}"
        else:
            found[row[by]] = row
    for code in sorted({*expected, *found}, key=str):
        yield from (f"{by}={code}: {difference}" for difference in _row(expected.get(code), found.get(code), loose))


def _row(expected: Answer | None, stated: Answer | None, loose: bool) -> Iterator[str]:
    if _says_nothing(expected) and _says_nothing(stated):
        return
    if expected is None or stated is None:
        yield f"expected {expected}, stated {stated}"
        return
    yield from _members(expected, stated, _PARTS, loose)


def same(expected: Any, stated: Any, loose: bool) -> bool:
    if isinstance(expected, bool) or expected is None or stated is None or isinstance(stated, bool):
        return expected is stated
    if isinstance(expected, str) and not _DECIMAL.fullmatch(expected):
        return bool(expected == stated)
    if not loose and (type(expected) is not type(stated)):
        return False
    return _is_number(stated) and Decimal(expected) == Decimal(stated)


def _members(expected: Answer, stated: Answer, names: tuple[str, ...], loose: bool) -> Iterator[str]:
    for name in names:
        if name not in stated:
            yield f"{name} is missing"
        elif not same(expected[name], stated[name], loose):
            yield f"{name}: expected {expected[name]!r}, stated {stated[name]!r}"


def _object(name: str, expected: Answer, stated: Answer, names: tuple[str, ...], loose: bool) -> Iterator[str]:
    one, other = expected[name], stated.get(name)
    if one is None or other is None:
        if one is not other:
            yield f"{name}: expected {one}, stated {other}"
        return
    yield from (f"{name}: {difference}" for difference in _members(one, other, names, loose))


def _is_number(stated: Any) -> bool:
    return isinstance(stated, int) or (isinstance(stated, str) and _DECIMAL.fullmatch(stated) is not None)


def _is_nothing(value: Any) -> bool:
    return value is None or (_is_number(value) and Decimal(value) == 0)


def _says_nothing(row: Answer | None) -> bool:
    """A row that may be left out. A share without denominator may still have something unclassified."""
    return row is None or all(_is_nothing(row.get(name)) for name in ("value", "numerator", "unclassified"))
