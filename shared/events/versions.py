"""What is newer: an event comes in, its version as bytes that sort goes out.

(time, recordedtime, id) or a number, then a class (a cancellation with the version of what it cancels wins), then the
inverted digest of the content (of two contents under one version that with the smaller SHA-256 stands). The last 17 bytes
say nothing of age: without them two versions are the same.
"""

from shared.events.envelope import Event

FACT, CANCELLATION = b"\x01", b"\x02"
INVERT = bytes(255 - byte for byte in range(256))


def of_time(event: Event, kind: bytes = FACT) -> bytes:
    """The version of an event without a number: its instants in nanoseconds, then its id by code point."""
    stamp = event.time_ns.to_bytes(8, "big") + event.recorded_ns.to_bytes(8, "big")
    return stamp + event.id.encode() + b"\0" + kind + event.digest[:16].translate(INVERT)


def of_number(event: Event, number: int, kind: bytes = FACT) -> bytes:
    """The version of an award or a budget: the number that its publisher gives it."""
    return number.to_bytes(4, "big") + kind + event.digest[:16].translate(INVERT)
