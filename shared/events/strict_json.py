"""JSON as the contract takes it: bytes in, a tree of dicts and lists out, or a refusal.

Beyond what orjson refuses by itself (NaN, Infinity, lone surrogates, broken UTF-8): a member twice, `\\u0000`, deep nesting.
"""

import json
import re
from typing import Any

import orjson

from shared.events.reasons import Refused, shown

LEVELS = 64
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def parse(raw: bytes, where: str) -> Any:
    """The tree of a JSON text; `where` is the path that a refusal names."""
    try:
        tree = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("not-json", where, "JSON in UTF-8", str(error)) from None
    strings = _count_strings(tree, where)
    if b"\\" in raw:
        _refuse_nul(raw, where)
        _refuse_twins(raw, where)
    # Without escapes every string has exactly two quotation marks, and orjson drops the first of two twins.
    elif raw.count(b'"') != 2 * strings:
        _refuse_twins(raw, where)
    return tree


def _count_strings(tree: Any, where: str, level: int = 1) -> int:
    if type(tree) is not dict and type(tree) is not list:
        return int(type(tree) is str)
    if level > LEVELS:
        raise Refused("not-json", where, f"at most {LEVELS} levels of nesting", "more")
    strings = len(tree) if type(tree) is dict else 0
    for value in tree.values() if type(tree) is dict else tree:
        kind = type(value)
        if kind is str:
            strings += 1
        elif kind is dict or kind is list:
            strings += _count_strings(value, where, level + 1)
    return strings


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
