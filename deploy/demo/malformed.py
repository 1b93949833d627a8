"""What no publisher should send, so that quarantine has something to show: a good event comes in, a bad record goes out."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from deploy.demo import wire
from deploy.demo.wire import Data, Message, Said


def _cut_off(said: Said) -> Message:
    message = wire.binary(said)
    return message._replace(value=message.value[: len(message.value) // 2])


def _with_header(said: Said, name: str, value: bytes) -> Message:
    message = wire.binary(said)
    return message._replace(headers=[(each, value if each == name else old) for each, old in message.headers])


def _with(said: Said, more: Data) -> Message:
    return wire.binary(replace(said, data={**said.data, **more}))


def _naive_time(said: Said) -> Message:
    return _with_header(said, "ce_time", said.at.strftime("%Y-%m-%dT%H:%M:%S").encode())


def _all_local(said: Said) -> Message:
    return _with(said, {"value_idr": "1000", "local_value_idr": "2000"})


def _half_shared(said: Said) -> Message:
    one: Data = {"scale": "micro", "legal_form": "cv", "country": "ID"}
    suppliers = [{"id": "sintetis-1", "share_idr": "1", **one}, {"id": "sintetis-2", **one}]
    return _with(said, {"suppliers": suppliers})


ANY, LISTED, TRADED, AWARDED = "", "onboarding.msme-onboarded", "onboarding.trading-reported", "procurement.procurement-awarded"
# What is wrong → of which event type it is made, and how.
KINDS: dict[str, tuple[str, Callable[[Said], Message]]] = {
    "not-json": (ANY, _cut_off),
    "content-type": (ANY, lambda said: _with_header(said, "content-type", b"text/csv")),
    "source": (ANY, lambda said: _with_header(said, "ce_source", b"sintetis-lain")),
    "unknown-type": (ANY, lambda said: _with_header(said, "ce_type", b"id.umkm.onboarding.msme-vanished.v1")),
    "time": (ANY, _naive_time),
    "province": (LISTED, lambda said: _with(said, {"province": "ID-XX"})),
    "role-missing": (LISTED, lambda said: _with(said, {"role": None})),
    "platform": (LISTED, lambda said: _with(said, {"platform": "sintetis-asing"})),
    "local-above-total": (TRADED, _all_local),
    "negative": (TRADED, lambda said: _with(said, {"value_idr": "-1"})),
    "currency": (AWARDED, lambda said: _with(said, {"currency": "USD"})),
    "parts-mismatch": (AWARDED, _half_shared),
}


def one(random: Random, recent: Iterable[Said]) -> Message | None:
    """A bad record made of something that was said lately; None where nothing fits."""
    wanted, spoil = KINDS[random.choice(list(KINDS))]
    fitting = [said for said in recent if said.type.startswith(wanted)]
    return spoil(random.choice(fitting)) if fitting else None
