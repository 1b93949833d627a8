"""Named statements: a `queries.sql` comes in, its statements go out by name.

A statement begins with `-- name: record_listings`; the comment lines below the name say what it is for. SQL stays SQL:
nothing is put into a statement but its parameters.
"""

import re
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"^-- name: ([a-z_0-9]+)\s*$", re.MULTILINE)


class Queries:
    """Statements by name, as attributes (`QUERIES.record_listings`) or items (`QUERIES["record_listings"]`)."""

    def __init__(self, statements: dict[str, str]) -> None:
        self._statements = statements

    def __getattr__(self, name: str) -> str:
        try:
            return self._statements[name]
        except KeyError:
            raise AttributeError(f"no statement is named {name}") from None

    def __getitem__(self, name: str) -> str:
        return self._statements[name]

    def __contains__(self, name: str) -> bool:
        return name in self._statements

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)


def load(path: Path) -> Queries:
    """Read a file of named statements; a name given twice is an error."""
    parts = NAME.split(path.read_text(encoding="utf-8"))
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: a statement is named twice")
    return Queries({name: body.strip().rstrip(";") for name, body in zip(names, bodies, strict=True)})
