"""The values of events: what text or number a publisher may state, and what it is for us.

Rupiah text becomes an int, dollars an int of US cents, `YYYY-MM` an int (year * 12 + month - 1), dates `datetime.date`,
quantities and stated numbers a `Decimal` that keeps its digits (`str(value)` is the text as stated). All is checked by
pydantic's compiled core; a refusal says in words what was expected. `[0-9]`, never `\\d`: that takes other scripts' digits.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from shared.events import countries, personal, provinces

LARGEST_INTEGER = 2**63 - 1
# Few keys exist; bounded, as publishers decide what comes.
_GOOD_KEYS: set[str] = set()
_MOST_KEYS = 1_000
_MSME_ID = "^hmac-sha256:[a-z0-9-]{1,32}:[0-9a-f]{64}$"
_QUANTITY = "^[0-9]{1,15}([.][0-9]{1,3})?$"
_STATED = "^-?[0-9]{1,18}([.][0-9]{1,6})?$"
_PART = "^[0-9]{1,18}([.][0-9]{1,6})?$"


@dataclass(frozen=True, eq=False)
class Form:
    """How a value is checked (`core`), said to people (`words`) and published (`json`)."""

    core: CoreSchema
    words: str
    json: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(self.core, "schema", custom_error_message=self.words)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**self.json, "description": self.words}


def _text(pattern: str, words: str, longest: int | None = None, **json: Any) -> Form:
    core = core_schema.str_schema(strict=True, pattern=pattern, max_length=longest)
    published = {"type": "string", "pattern": pattern, **({"maxLength": longest} if longest else {}), **json}
    return Form(core, words, published)


def _one_of(codes: tuple[str, ...], words: str) -> Form:
    return Form(core_schema.literal_schema(list(codes)), words, {"type": "string", "enum": sorted(codes)})


def _integer(least: int, most: int, words: str) -> Form:
    return Form(core_schema.int_schema(strict=True, ge=least, le=most), words, {"type": "integer", "minimum": least, "maximum": most})


def _then(form: Form, change: Any) -> Form:
    """The same form, with its text changed to the value it stands for."""
    return Form(core_schema.no_info_after_validator_function(change, form.core), form.words, form.json)


def _to_cents(text: str) -> int:
    dollars, _, cents = text.partition(".")
    return int(dollars) * 100 + int(cents.ljust(2, "0"))


def _to_month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1


def _to_msme_id(text: str) -> str:
    # The 64 hexadecimal digits are free to look like anything; the name of the key is not.
    key = text[:-64]
    if key not in _GOOD_KEYS:
        personal.refuse_in(key)
        if len(_GOOD_KEYS) < _MOST_KEYS:
            _GOOD_KEYS.add(key)
    return text


def _to_public_text(text: str) -> str:
    personal.refuse_in(text)
    return text


def _decimal(pattern: str, digits: int) -> Any:
    """Checks an integer or a decimal text; a boolean is no integer, and neither is 10.0."""
    fits = re.compile(pattern.removesuffix("$")).fullmatch
    floor = -(10**digits) if pattern.startswith("^-") else -1

    def change(value: Any) -> Decimal:
        if type(value) is str and fits(value):
            # Adding 0 would round to the context's precision; only minus zero needs mending.
            number = Decimal(value)
            return number if number else number.copy_abs()
        if type(value) is int and floor < value < 10**digits:
            return Decimal(value)
        raise ValueError

    return change


def _number(pattern: str, digits: int, words: str) -> Form:
    least = 1 - 10**digits if pattern.startswith("^-") else 0
    published = {
        "oneOf": [{"type": "integer", "minimum": least, "maximum": 10**digits - 1}, {"type": "string", "pattern": pattern}],
    }
    return Form(core_schema.no_info_plain_validator_function(_decimal(pattern, digits)), words, published)


def _percentage(value: Any) -> Decimal:
    if type(value) in (int, float) and 0 <= value <= 100 and round(value, 2) == value:
        return Decimal(repr(value)).copy_abs()
    raise ValueError


def _item(value: Any) -> str:
    if type(value) is int and abs(value) <= LARGEST_INTEGER:
        return str(value)
    if type(value) is str and _TEXT_FITS(value) and len(value) <= 200:
        return value
    raise ValueError


_TEXT_PATTERN = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
_TEXT_FITS = re.compile(_TEXT_PATTERN.removesuffix("$")).fullmatch
_TEXT_WORDS = "text of 1 to 200 characters, no control characters"
_TEXT = _text(_TEXT_PATTERN, _TEXT_WORDS, 200, minLength=1)
_MONTH = _text("^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])$", "a month, YYYY-MM")
_DAY = _text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a date that exists, YYYY-MM-DD", format="date")
_ITEM_JSON = {
    "oneOf": [
        {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER},
        {"type": "string", "pattern": _TEXT_PATTERN, "minLength": 1, "maxLength": 200},
    ]
}

Text = Annotated[str, _TEXT]
# Text that people read, where a personal number must not stand.
PublicText = Annotated[str, _then(_TEXT, _to_public_text)]
Rupiah = Annotated[int, _then(_text("^[0-9]{1,15}$", "whole rupiah, a string of 1 to 15 digits"), int)]
Usd = Annotated[
    int, _then(_text("^[0-9]{1,13}([.][0-9]{1,2})?$", "US dollars, a string of 1 to 13 digits and up to two places"), _to_cents)
]
Quantity = Annotated[Decimal, _number(_QUANTITY, 15, "an integer of up to 15 digits, or a decimal string with up to three places")]
Stated = Annotated[Decimal, _number(_STATED, 18, "an integer, or a decimal string with up to 18 digits and 6 places")]
Part = Annotated[Decimal, _number(_PART, 18, "a decimal string with up to 18 digits and 6 places, or an integer, not negative")]
Percentage = Annotated[
    Decimal,
    Form(
        core_schema.no_info_plain_validator_function(_percentage),
        "a number from 0 to 100 with up to two places, or null",
        # No `multipleOf: 0.01`: validators that divide floats would refuse 1.1.
        {"type": "number", "minimum": 0, "maximum": 100},
    ),
]
MsmeId = Annotated[str, _then(_text(_MSME_ID, "hmac-sha256:<key id>:<64 lower-case hexadecimal digits>"), _to_msme_id)]
Province = Annotated[str, _one_of(provinces.CODES, "one of the 38 province codes of today (ISO 3166-2), such as ID-JB")]
Country = Annotated[str, _one_of(countries.CODES, "an assigned ISO 3166-1 alpha-2 code, such as SG")]
HsCode = Annotated[str, _text("^([0-9]{6}|[0-9]{8})$", "a string of 6 or 8 digits")]
Item = Annotated[str, Form(core_schema.no_info_plain_validator_function(_item), "an integer, or " + _TEXT_WORDS, _ITEM_JSON)]
Month = Annotated[int, _then(_MONTH, _to_month)]
Day = Annotated[date, Form(core_schema.chain_schema([_DAY.core, core_schema.date_schema(strict=False)]), _DAY.words, _DAY.json)]
Version = Annotated[int, _integer(1, 2**31 - 1, "an integer from 1 to 2147483647")]
Orders = Annotated[int, _integer(0, LARGEST_INTEGER, "an integer of at least 0")]
FiscalYear = Annotated[int, _integer(2000, 2100, "a year, an integer from 2000 to 2100")]
Flag = Annotated[bool, Form(core_schema.bool_schema(strict=True), "true or false", {"type": "boolean"})]

Role = Literal["producer", "reseller"]
Scale = Literal["micro", "small", "medium"]
SupplierScale = Literal["micro", "small", "medium", "large", "unknown"]
LegalForm = Literal["pt", "cv", "cooperative", "sole-trader", "other"]
