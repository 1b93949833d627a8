"""Records that mean harm: real events in, the same with one thing in them made as bad as a sender can make it, out.

Sizes, depths, members given twice, lone surrogates, huge numbers, times far away, values that are nothing, and headers that are no text.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.oracle.records import Record
from tests.oracle.sending import Sent, Told, binary, structured

DEEP = 40_000
LARGE = 2_000_000
SPARE_TEXT = "toko \u2603 \U0001f9fa"
TEXTS = (
    "",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "a\nb",
    "x" * 201,
    "\U0010ffff" * 200,
    "x" * 70_000,
    "NaN",
    "1e400",
    "' or 1=1 --",
    "%s",
    "{}",
)
NUMBERS = (0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 0.1, 1e308, 5e-324, float("inf"), float("nan"), True)
TIMES = (
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999+00:00",
    "2038-01-19T03:14:08Z",
    "2025-13-01T00:00:00Z",
)
KNOWN_MS = (-1, 0, 1, 1_760_000_000_000, 4_102_444_800_000, 2**62)  # on a topic that somebody else made, records may have any date
values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, [], {}, [[]], {"": {}}, *NUMBERS, *TEXTS]),
    st.text(st.characters(), max_size=30),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
)
headers = st.lists(
    st.tuples(st.sampled_from(["ce_id", "CE_TYPE", "content-type", "ce_time", "", "x"]), st.none() | st.binary(max_size=40)), max_size=4
)


@st.composite
def spoiled(draw: st.DrawFn, told: Told) -> Record:
    """This event, with one thing made bad."""
    how = draw(st.sampled_from([member, member, member, attribute, header, raw, text]))
    sent: Sent = draw(how(told))
    return sent.at(draw(st.sampled_from(KNOWN_MS)))


@st.composite
def member(draw: st.DrawFn, told: Told) -> Sent:
    """Any member of the data, however deep, is something else."""
    data = json.loads(json.dumps(told.data))
    place: Any = draw(st.sampled_from(list(places(data))))
    owner: Any = data
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = draw(values)
    return Sent(told.topic, b"k", written(data), binary(told).headers)


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*above, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*above, step))


def written(data: Any) -> bytes:
    return json.dumps(data).encode("utf-8", "surrogatepass")


@st.composite
def attribute(draw: st.DrawFn, told: Told) -> Sent:
    """The envelope says something else."""
    name = draw(st.sampled_from(["time", "id", "recordedtime"]))
    more: dict[str, Any] = {name: draw(st.sampled_from(TIMES) | st.text(max_size=250))}
    return structured(replace(told, **more))


@st.composite
def header(draw: st.DrawFn, told: Told) -> Sent:
    """Headers besides, or instead."""
    sent, more = draw(st.sampled_from([binary, structured]))(told), tuple(draw(headers))
    return replace(sent, headers=draw(st.sampled_from([more, (*sent.headers, *more)])))


@st.composite
def raw(draw: st.DrawFn, told: Told) -> Sent:
    """Bytes of any kind, in the place of the event or in the middle of it."""
    sent = draw(st.sampled_from([binary, structured]))(told)
    whole, noise = sent.value or b"", draw(st.binary(min_size=1, max_size=40))
    cut = draw(st.integers(0, len(whole)))
    bad = (
        None, b"", b"null", b"[" * DEEP, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP, b" " * LARGE, b"9" * 60_000, noise,
        whole[:cut], whole[:cut] + noise + whole[cut:], whole + whole, b"\xef\xbb\xbf" + whole, whole.decode().encode("utf-16"),
    )  # fmt: skip
    return replace(sent, value=draw(st.sampled_from(bad)), key=draw(st.none() | st.binary(max_size=9)))


@st.composite
def text(draw: st.DrawFn, told: Told) -> Sent:
    """JSON that no library of ours would write."""
    plain = json.dumps(told.data)[:-1]
    deep = '{"a":' * DEEP + "1" + "}" * DEEP
    more = (
        '"x": NaN',
        '"x": -Infinity',
        '"x": 1e999',
        '"x": "\\ud800"',
        '"x": "\\u0000"',
        '"\\ud83d": 1',
        f'"x": {deep}',
        '"x": 0123',
        '"x": 1}{',
    )
    again = draw(st.sampled_from(sorted(told.data)))
    end = draw(st.sampled_from([*more, f"{json.dumps(again)}: null", f'{json.dumps(again)}: {{"a": 1, "a": 2}}', f'"y": {"7" * 5_000}']))
    return Sent(told.topic, b"k", f"{plain}, {end}}}".encode(), binary(told).headers)
