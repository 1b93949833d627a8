"""Which database errors pass by themselves: an exception comes in, a verdict goes out."""

import asyncpg
from asyncpg.exceptions import _base

PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, object state, operator, system


class Unencodable(Exception):
    """A value of a row cannot be encoded for the database."""


def is_passing(error: BaseException) -> bool:
    """True where a later try can succeed as it is: the server is away, restarting, full, or somebody held a lock."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in PASSING_CLASSES or state == "25006" or isinstance(error, asyncpg.InvalidCachedStatementError)
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | _base.InternalClientError) and not is_data(error)


def is_data(error: BaseException) -> bool:
    """True where the data of some record is at fault: SQLSTATE class 22, 23 or 54 (too large), or a value COPY cannot encode.

    Any other error of Python is a surprise in our own code, and no publisher's fault.
    """
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in ("22", "23", "54")
    return isinstance(error, Unencodable)
