"""The outside publisher: sends a seeded scenario to a running system, waits until it was heard, and compares every figure.

    python -m tests.journey.blackbox --kafka HOST:PORT --api http://127.0.0.1:8080 --seed 1 --events 5000

The recount reads all inbound topics back, so a system that holds other data is compared with that data too; it only has to
be quiet: nobody else may publish meanwhile, and every seed can be sent once only (its publishers' names hold it). Without
`--events` nothing is sent and what is there is compared. Exit status 1 where something differs.
"""

import argparse
import datetime
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from tests.journey import kafka, report
from tests.journey.answers import Api
from tests.oracle.records import Publisher, Registry
from tests.oracle.recount import Recount
from tests.oracle.scenario import scenario

_PAUSE_SECONDS = 0.5


def main() -> int:
    options = _options()
    registry = read_registry(options.publishers, options.unregistered)
    if options.events:
        now = datetime.datetime.now(datetime.UTC)
        kafka.publish(options.kafka, scenario(options.seed, options.events, registry, now))
    found = settled_report(options.kafka, options.api, registry, options.timeout)
    for line in found.lines():
        print(line)
    return 1 if found.differences else 0


def settled_report(bootstrap: str, address: str, registry: Registry, timeout_seconds: float) -> report.Report:
    """Waits until everything that is in the topics was heard and the headlines agree, or for no longer than told."""
    api = Api(address)
    recount = Recount(kafka.read_back(bootstrap), registry, datetime.datetime.now(datetime.UTC))
    deadline = time.monotonic() + timeout_seconds
    heard = retry(lambda: report.settled(recount, api), deadline)
    if heard:
        retry(lambda: not any(report.headline_differences(recount, api.progress())), min(deadline, time.monotonic() + 15))
    found = report.compare_all(recount, api)
    found.differences[:0] = [] if heard else [f"not heard in {timeout_seconds} s: {line}" for line in report.unheard(recount, api)]
    return found


def retry(holds: Callable[[], bool], deadline: float) -> bool:
    """Whether it came to hold before the deadline (time.monotonic)."""
    while not holds():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(_PAUSE_SECONDS)
    return True


def read_registry(path: Path, unregistered: str) -> Registry:
    """The file that the system itself reads: a list of {name, rank, streams, platforms}."""
    listed = yaml.safe_load(path.read_text()) or []
    publishers = tuple(Publisher(one["name"], one["rank"], tuple(one.get("platforms") or ())) for one in listed)
    return Registry(publishers, unregistered)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kafka", required=True, help="bootstrap servers")
    parser.add_argument("--api", required=True, help="address of the public API")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=0, help="how many records to send; 0: only compare")
    parser.add_argument("--publishers", type=Path, default=Path("deploy/publishers.yaml"), help="the system's registry of publishers")
    parser.add_argument("--unregistered", choices=("count", "hold"), default="count", help="as the system is set")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds to wait until everything was heard")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
