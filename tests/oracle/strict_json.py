"""JSON as the contract takes it: no duplicate member, NaN, Infinity, lone surrogate or NUL; and its canonical bytes."""

import json
from decimal import Decimal
from typing import Any

from tests.oracle.records import Refusal

NOT_JSON = ("not-json", "schema", "envelope")


def read(raw: bytes) -> Any:
    """The value, numbers with a fraction or exponent as Decimal. Raises Refusal."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_members, parse_constant=_constant, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Refusal(("not-json",), str(error)) from error
    _check_text(value)
    return value


def canonical(value: Any) -> bytes:
    """The bytes of RFC 8785, absent and null members left out."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal(NOT_JSON, "a member twice")
    return members


def _constant(name: str) -> Any:
    raise Refusal(NOT_JSON, name)


def _check_text(value: Any) -> None:
    if isinstance(value, str) and any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise Refusal(NOT_JSON, "a lone surrogate or NUL")
    if isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check_text(member)
    if isinstance(value, list):
        for member in value:
            _check_text(member)


def _plain(value: Any) -> Any:
    """Numbers by value: 40, 40.0 and 4e1 are one number."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
