"""Kill and break things for a while, and recount: `make soak SEED=1..20 DURATION=60`, or `python -m tests.faults --seed 7`.

A seed gives the same records and the same faults again. Exit status 1 where anything did not hold, or where the naive control got
away with it: then the run proves nothing.
"""

import argparse
import faulthandler
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.faults import plan, run
from tests.faults.run import Result

CONFIDENCE = 3.0  # with N faults and no violation at most 3/N of them do harm, at 95 %


def main() -> int:
    faulthandler.enable()
    options = read_options()
    if options.plan:
        print("\n".join(str(fault) for seed in options.seed for fault in plan.make(seed, options.duration)))
        return 0
    results = [attempt(seed, options) for seed in options.seed]
    faults, records = sum(result.faults for result in results), sum(result.records for result in results)
    violations = sum(len(result.violations) for result in results)
    bound = f"; at most {CONFIDENCE / faults:.2%} of faults do harm (95 %)" if faults and not violations else ""
    print(f"{len(results)} seeds, {faults} faults, {records} records, {violations} violations{bound}")
    return 0 if all(is_well(result) for result in results) else 1


def attempt(seed: int, options: argparse.Namespace) -> Result:
    try:
        result = uvloop.run(run.one(seed, options.duration, say, kept=options.logs, without=options.without))
        if options.every_place and result.missed:
            result.violations.append(f"nobody got to: {result.missed}")
    except Exception as error:
        traceback.print_exc()
        result = Result(seed, options.duration, violations=[f"the run broke off: {error!r}"])
    print("\n".join(lines(result)), flush=True)
    return result


def lines(result: Result) -> Sequence[str]:
    """What became of a seed: a line where all is well, else everything that is needed to find out why."""
    head = (
        f"seed {result.seed}: {result.faults} faults, {result.records} records, {result.comparisons} comparisons, {result.answers} answers"
        f" watched, live again after {result.settled_seconds:.0f} s, {len(result.violations)} violations;"
        f" the naive control counted wrong in {len(result.control)} topics"
        f"{'; nobody got to: ' + ', '.join(result.missed) if result.missed else ''}"
    )
    if is_well(result):
        return [head]
    return [
        *(f"    {line}" for line in result.timeline),
        f"    done: {dict(sorted(result.done.items()))}",
        *(f"VIOLATION  {line}" for line in result.violations),
        *([] if result.control else ["VIOLATION  the naive control counted right: this run proves nothing"]),
        head,
        f"again: make soak SEED={result.seed} DURATION={result.duration:g}",
    ]


def is_well(result: Result) -> bool:
    return not result.violations and bool(result.control)


def say(line: str) -> None:
    print(line, flush=True)


def seeds(text: str) -> list[int]:
    """`7`, or `1..20`, or `1-20`."""
    first, _, last = text.replace("..", "-").partition("-")
    return list(range(int(first), int(last or first) + 1))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=seeds, default=seeds(os.environ.get("SEED") or "1"), help="a number, or a range as 1..20")
    parser.add_argument("--duration", type=float, default=float(os.environ.get("DURATION") or 60), help="seconds of faults a seed")
    parser.add_argument("--logs", type=Path, help="keep the logs of the processes here")
    parser.add_argument("--without", choices=("", "lock"), default="", help="take our own lock away: the run must find it out")
    parser.add_argument("--every-place", action="store_true", help="a run in which some failpoint was not reached is a failure")
    parser.add_argument("--plan", action="store_true", help="only print what would be broken when")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
