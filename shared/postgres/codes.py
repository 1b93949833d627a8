"""The dictionary of names: texts come in, the small integers that stand for them in a service's tables go out.

A name is given its number in a transaction of its own before the batch that needs it, so a number once seen never changes;
a batch that fails leaves at most an unused name.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.postgres.connection import Connection, Pool

LEARN = """with learned as (
  insert into code(name) select distinct name from unnest($1::text[]) as wanted(name)  -- a conflict alone would use up a number
  where not exists (select from code where code.name = wanted.name) order by 1 on conflict (name) do nothing returning name, code)
select name, code from learned union select name, code from code where name = any($1)"""


class Codes:
    """One a process; a cache of the table `code`, which only grows, unless it is restored."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """It is another table now."""
        self._codes: dict[str | None, int | None] = {None: None}
        self._names: dict[int | None, str | None] = {None: None}

    async def learn(self, pool: Pool, names: Iterable[str | None]) -> None:
        """Make sure that every one of these names has a number."""
        missing = {name for name in names if name not in self._codes}
        while missing:  # a name that another process learned meanwhile is found in the second round
            self._keep(await pool.fetch(LEARN, sorted(name for name in missing if name is not None)))
            missing = {name for name in missing if name not in self._codes}

    async def translate(self, pool: Pool, rows: Sequence[tuple[Any, ...]], columns: Sequence[int]) -> list[tuple[Any, ...]]:
        """The same rows with numbers for the names in these columns."""
        by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
        if by_column:
            await self.learn(pool, {name for column in columns for name in by_column[column]})
            for column in columns:
                by_column[column] = map(self._codes.__getitem__, by_column[column])
        return list(zip(*by_column, strict=True))

    async def names(self, connection: Connection, codes: Iterable[int | None]) -> dict[int | None, str | None]:
        """The names of these numbers (and of others already known)."""
        missing = [code for code in set(codes) if code not in self._names]
        if missing:
            self._keep(await connection.fetch("select name, code from code where code = any($1)", missing))
        return self._names

    def _keep(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self._codes[row["name"]], self._names[row["code"]] = row["code"], row["name"]
