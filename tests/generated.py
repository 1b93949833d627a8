"""Generated histories of publishers for the tests of projections: small worlds, so that everything collides with everything.

Few MSMEs, few instants and few ids make most events meet another of the same key: older, newer, the same, or the same version with
other content. A `History` is records in the order they come, some of them twice, and where the batches end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.oracle.examples import linked, records, unlinked
from tests.oracle.records import Record
from tests.oracle.sending import Told
from tests.projections import split

# Of facts with one version the smaller natural key leads; a service keeps 16 bytes of a pseudonym's hash and compares those. These
# three have one order both ways.
NUMBERS = [13, 17, 7]
WHO = st.sampled_from(NUMBERS)
DATES = st.sampled_from(["2025-01-31", "2025-02-01", "2025-04-15", "2025-04-15"])
PROVINCES = st.sampled_from(["ID-JB", "ID-JI", "ID-PA"])
LINKS = ["L1", "L2", "L3"]
# The database is emptied between examples, and each example is many statements.
thorough = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
racing = settings(thorough, max_examples=20)


@dataclass(frozen=True)
class History:
    """`batches` are the records in splits; `records` all of them."""

    records: list[Record]
    batches: list[list[Record]]


def versioned(make: Callable[..., Told], *args: st.SearchStrategy[Any], **data: st.SearchStrategy[Any]) -> st.SearchStrategy[Told]:
    """Events of one kind with a version of their own: `id` and `recordedtime` among the data."""
    return st.builds(make, *args, id=st.sampled_from("ab"), recordedtime=st.none() | st.just("2025-06-02"), **data)


LINKED = versioned(
    linked,
    st.sampled_from(LINKS),
    st.just(NUMBERS[1]),
    st.sampled_from(NUMBERS[::2]),
    DATES,
    st.sampled_from(["registry", "other"]),
)
UNLINKED = versioned(unlinked, st.sampled_from(LINKS), DATES, st.sampled_from(["registry", "other"]))


@st.composite
def histories(draw: st.DrawFn, *events: st.SearchStrategy[Told]) -> History:
    """Any events of these kinds and links, in any order, some sent again, in any batches."""
    told = draw(st.lists(st.one_of(*events, LINKED, UNLINKED), min_size=10, max_size=40))
    again = draw(st.lists(st.sampled_from(told), max_size=4))
    heard = records(*draw(st.permutations([*told, *again])))
    cuts = draw(st.lists(st.integers(1, len(heard)), max_size=5))
    return History(heard, [list(batch) for batch in split(heard, cuts)])


def lanes(history: History) -> list[list[list[Record]]]:
    """The same records for two rounds of batches that race: in each round one batch a topic, as consumers of a group would have it."""
    by_topic: dict[str, list[Record]] = {}
    for record in history.records:
        by_topic.setdefault(record.topic, []).append(record)
    halves = {topic: (len(heard) + 1) // 2 for topic, heard in by_topic.items()}
    first = [heard[: halves[topic]] for topic, heard in by_topic.items()]
    return [first, [heard[halves[topic] :] for topic, heard in by_topic.items()]]
