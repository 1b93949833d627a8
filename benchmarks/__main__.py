"""`make bench`: cases of CASE come in (`short`, `all`, or names with commas between), one table of ratios and latest.json go out."""

import importlib
import os
import signal
import sys
import time

import uvloop

from benchmarks import measured, scope
from benchmarks.measured import Row

CASES = ("backfill", "freshness")
SHORT = ("backfill", "freshness")
MOST_SECONDS = 4 * 3_600


def chosen(words: list[str]) -> str:
    """From the arguments, `CASE=name` or `name`, or from the environment."""
    named = next((word.removeprefix("CASE=") for word in words if word), None)
    return named or os.environ.get("CASE") or "all"


async def run(name: str) -> list[Row]:
    size = scope.short(say) if name == "short" else scope.full(say)
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
    rows = uvloop.run(run(chosen(sys.argv[1:])))
    measured.print_table(rows)
    measured.write(rows, load_before)


if __name__ == "__main__":
    main()
