"""`make bench`: cases of CASE come in (`short`, `all`, or names with commas between), one table of ratios and latest.json go out.

SIZE is `full` unless it is said otherwise (`short`, `tiny`); CASE=short is short.
"""

import importlib
import os
import signal
import sys
import time

import uvloop

from benchmarks import measured, scope
from benchmarks.measured import Row

CASES = ("backfill", "resync", "freshness", "fanout", "reads", "scale", "kill", "footprint", "peers", "register")
SHORT = ("backfill", "freshness")


def chosen(words: list[str], name: str, otherwise: str) -> str:
    """From the arguments, `NAME=value`, or from the environment."""
    said = next((word.removeprefix(f"{name}=") for word in words if word.startswith(f"{name}=")), None)
    return said or os.environ.get(name) or otherwise


async def run(name: str, size_name: str) -> list[Row]:
    if size_name not in scope.SIZES:
        sys.exit(f"There is no size {size_name}; there are: {', '.join(scope.SIZES)}.")
    size = scope.SIZES[size_name](say)
    wanted = {"short": SHORT, "all": CASES}.get(name, tuple(name.split(",")))
    unknown = set(wanted) - set(CASES)
    if unknown:
        sys.exit(f"There is no case {', '.join(sorted(unknown))}; there are: short, all, {', '.join(CASES)}.")
    rows: list[Row] = []
    for case in wanted:
        begun = time.monotonic()
        say(f"{case} begins")
        rows += await importlib.import_module(f"benchmarks.cases.{case}").run(size)
        say(f"{case} took {time.monotonic() - begun:.0f} s")
    return rows


def say(sentence: str) -> None:
    print(f"bench: {sentence}", flush=True)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    load_before = os.getloadavg()[0]
    case = chosen(sys.argv[1:], "CASE", "all")
    rows = uvloop.run(run(case, chosen(sys.argv[1:], "SIZE", "short" if case == "short" else "full")))
    measured.print_table(rows)
    measured.write(rows, load_before)


if __name__ == "__main__":
    main()
