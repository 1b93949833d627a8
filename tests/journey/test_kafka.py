"""What an outside publisher sends to a real broker comes back as it was sent, with the broker's timestamps."""

import datetime
from collections import Counter

from tests.journey.kafka import publish, read_back
from tests.oracle.examples import NOW
from tests.oracle.records import Registry
from tests.oracle.scenario import scenario


def test_every_record_comes_back(kafka: str) -> None:
    sent = [one for one in scenario(4711, 300, Registry(), NOW) if "4711" in one.topic]
    before = datetime.datetime.now(datetime.UTC).timestamp() * 1000 - 60_000
    publish(kafka, sent)
    back = [record for record in read_back(kafka) if "4711" in record.topic]
    assert Counter((one.topic, one.key, one.value, one.headers) for one in sent) == Counter(
        (one.topic, one.key, one.value, one.headers) for one in back
    )
    assert all(record.timestamp_ms > before for record in back)
