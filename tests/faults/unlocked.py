"""Our own batch without what makes merges go one after the other: only to see that tests notice.

The lock goes, and so does the order that taking the next number gives: the row of the epoch is locked until commit, too.
"""

from shared.messaging import batch, relay
from shared.postgres.queries import Queries

WITHOUT = {
    "lock": "select true",
    "next_number": "select (extract(epoch from clock_timestamp()) * 1000000)::bigint as number, generation from epoch",
    "epoch": "select generation, (extract(epoch from clock_timestamp()) * 1000000)::bigint as number from epoch",
}


def without_lock() -> Queries:
    """The statements of a batch, and these in the place of those that keep others out."""
    return Queries({name: WITHOUT.get(name, batch.QUERIES[name]) for name in batch.QUERIES})


def take_lock_away() -> None:
    """For the whole process."""
    batch.QUERIES = relay.QUERIES = without_lock()
