"""Personal numbers (NIK, NPWP): finds them in text and in the bytes of a record, so that their bytes are not kept.

A NIK is 16 digits, not within a longer run, whose 7th to 10th are a day (01-31, for women 41-71) and a month; an NPWP is
found as it is printed. The hexadecimal digits of a well-formed pseudonym are never taken for one.
"""

import re

from pydantic_core import PydanticCustomError

REASON = "personal-identifier"
EXPECTED = "no personal number (NIK, NPWP): state the keyed pseudonym instead"
WITHHELD = "withheld"

_NIK = "[0-9]{6}(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(?:0[1-9]|1[0-2])[0-9]{6}"
_NPWP = r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9]-[0-9]{3}\.[0-9]{3}"
_NUMBER = re.compile(f"(?<![0-9])(?:{_NIK}|{_NPWP})(?![0-9])")
_NUMBER_IN_BYTES = re.compile(_NUMBER.pattern.encode())
_PSEUDONYM = re.compile("(hmac-sha256:[a-z0-9-]{1,32}:)[0-9a-f]{64}(?![0-9a-f])")
_PSEUDONYM_IN_BYTES = re.compile(_PSEUDONYM.pattern.encode())
# JSON may write any character as an escape: also a digit, or the letter before one, whose escape ends in digits itself.
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


def is_in(text: str) -> bool:
    """Whether text contains a personal number."""
    return _NUMBER.search(text) is not None


def is_in_value(text: str) -> bool:
    """The same, for text that may hold pseudonyms too."""
    return _NUMBER.search(text) is not None and is_in(_PSEUDONYM.sub(r"\1", text))


def is_in_bytes(raw: bytes) -> bool:
    """Whether bytes of a record contain a personal number, written plainly, with JSON escapes or in a wider encoding."""
    if b"\\u" in raw:
        raw = _ESCAPED.sub(_unescaped, raw)
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
    return _NUMBER_IN_BYTES.search(raw) is not None and _NUMBER_IN_BYTES.search(_PSEUDONYM_IN_BYTES.sub(rb"\1", raw)) is not None


def _unescaped(escape: re.Match[bytes]) -> bytes:
    code = int(escape[1], 16)
    return bytes([code]) if code < 128 else b" "


def refuse_in(text: str) -> None:
    """For validators: refuses text that contains a personal number."""
    if is_in(text):
        raise PydanticCustomError(REASON, EXPECTED)
