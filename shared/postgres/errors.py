"""Which database errors pass by themselves: an exception comes in, a verdict goes out."""

import asyncpg
from asyncpg.exceptions import _base

PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, object state, operator, system


def is_passing(error: BaseException) -> bool:
    """True where a later try can succeed as it is: the server is away, restarting, full, or somebody held a lock."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in PASSING_CLASSES or state == "25006" or isinstance(error, asyncpg.InvalidCachedStatementError)
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | _base.InternalClientError) and not is_data(error)


def is_data(error: BaseException) -> bool:
    """True where the data of some record is at fault: SQLSTATE class 22 or 23, or a value the client cannot encode."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in ("22", "23")
    return isinstance(error, OverflowError | ValueError | TypeError) and not isinstance(error, _base.InternalClientError)
