"""Opaque cursors: a place in a sequence of one database comes in, text goes out, and back. They carry nothing else."""

import base64
import binascii
from typing import Any

import orjson

from shared.runtime.problems import Problem

LONGEST = 8_000
WRONG = "This cursor was not given out here; begin without one."


def encode(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode(text: str, *types: type) -> list[Any]:
    """The parts, of these types. Raises Problem for anything that `encode` did not make."""
    try:
        if len(text) > LONGEST:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise Problem(400, "bad-cursor", WRONG) from None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(types):
        raise Problem(400, "bad-cursor", WRONG)
    return parts
