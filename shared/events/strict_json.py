"""JSON as the contract takes it: bytes in, a tree of dicts and lists out, or a refusal.

Beyond what orjson refuses by itself (NaN, Infinity, lone surrogates, broken UTF-8): a member twice, `\\u0000`, deep nesting.
"""

import json
import re
from typing import Any

import orjson

from shared.events.reasons import Refused, shown

LEVELS = 254
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def parse(raw: bytes, where: str) -> Any:
    """The tree of a JSON text; `where` is the path that a refusal names."""
    try:
        tree = orjson.loads(raw)
        again = orjson.dumps(tree)
    except orjson.JSONDecodeError as error:
        raise Refused("not-json", where, "JSON in UTF-8", str(error)) from None
    except orjson.JSONEncodeError:
        # What cannot be written again is nested too deeply for anything that walks the tree.
        raise Refused("not-json", where, f"at most {LEVELS} levels of nesting", "more") from None
    if b"\\" in raw:
        _refuse_nul(raw, where)
        _refuse_twins(raw, where)
    # Of two twins the tree has only one. Without escapes each string has exactly two quotation marks.
    elif raw != again and raw.count(b'"') != again.count(b'"'):
        _refuse_twins(raw, where)
    return tree


def _refuse_nul(raw: bytes, where: str) -> None:
    if _NUL.search(raw):
        raise Refused("not-json", where, "no \\u0000 in any text", "\\u0000")


def _refuse_twins(raw: bytes, where: str) -> None:
    def checked(pairs: list[tuple[str, Any]]) -> None:
        names: set[str] = set()
        for name, _ in pairs:
            if name in names:
                raise Refused("not-json", where, "every member once", f"{shown(name)[:180]} twice")
            names.add(name)

    json.loads(raw.decode(), object_pairs_hook=checked)
