"""Within a version only additions: two JSON Schemas of one event version in, what the newer one breaks out, in words.

An addition is a further optional member, or a further code of a closed list. Everything else needs a new version of the event.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
# What says nothing about which messages are valid.
_PROSE = frozenset({"title", "description", "default", "examples", "$id", "$schema", "$defs", "$comment"})
_STRUCTURE = frozenset({"properties", "required", "enum", "const", "items", "anyOf", "oneOf"})


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a publisher or a reader of the old schema would trip over."""
    return list(_compare(old, new, old, new, "data"))


def _compare(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    for name in sorted((old.keys() | new.keys()) - _PROSE - _STRUCTURE):
        if old.get(name) != new.get(name):
            yield f"{path}: {name} was {old.get(name)!r}, is {new.get(name)!r}"
    yield from _codes(old, new, path)
    yield from _members(old, new, old_root, new_root, path)
    yield from _choices(old, new, old_root, new_root, path)


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return {**root["$defs"][reference.removeprefix("#/$defs/")], **{name: value for name, value in schema.items() if name != "$ref"}}


def _codes(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = _allowed(old), _allowed(new)
    if (before is None) != (after is None):
        yield f"{path}: a closed list came or went"
    elif before is not None and after is not None and before - after:
        yield f"{path}: no longer allowed: {', '.join(sorted(before - after))}"


def _allowed(schema: Schema) -> set[str] | None:
    # A list of one code is published as a constant.
    if "const" in schema:
        return {str(schema["const"])}
    return set(map(str, schema["enum"])) if "enum" in schema else None


def _members(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in sorted(before.keys() - after.keys()):
        yield f"{path}.{name}: removed"
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{path}.{name}: required now"
    for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
        yield f"{path}.{name}: no longer required, which readers rely on"
    for name in sorted(before.keys() & after.keys()):
        yield from _compare(before[name], after[name], old_root, new_root, f"{path}.{name}")


def _choices(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    if ("items" in old) != ("items" in new):
        yield f"{path}: items came or went"
    elif "items" in old:
        yield from _compare(old["items"], new["items"], old_root, new_root, f"{path}[]")
    for name in ("anyOf", "oneOf"):
        before, after = old.get(name, []), new.get(name, [])
        if len(before) != len(after):
            yield f"{path}: {name} has other choices"
            continue
        for one, other in zip(before, after, strict=True):
            yield from _compare(one, other, old_root, new_root, path)
