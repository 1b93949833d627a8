"""Nothing is left over: logs are bounded, no session hangs, no process dies again and again."""

import json
from collections import Counter
from pathlib import Path
from time import monotonic

from tests.faults.running import Running

ERRORS_A_SECOND = 20
LEVELS = ("error", "critical", "exception")
HANGING = """select datname, application_name, state, now() - state_change as since, left(query, 80) as query from pg_stat_activity
where backend_type = 'client backend' and application_name <> 'harness' and xact_start < now() - interval '15 s'"""
EXITS_AFTER = 1
ALARM = "verify_failed"


async def hanging(running: Running) -> list[str]:
    """Transactions that are open for more than 15 s."""
    return [f"a transaction hangs: {dict(row)}" for row in await running.database.fetch(HANGING)]


def restarts(running: Running, since: float) -> list[str]:
    """Processes that ended more than once, by themselves, after the faults had stopped."""
    ended = {replica.name: [code for at, code in replica.exits if at > since] for replica in running.fleet.products()}
    return [
        f"{name} ended {len(codes)} times in {monotonic() - since:.0f} s: {codes}"
        for name, codes in ended.items()
        if len(codes) > EXITS_AFTER
    ]


def loud(logs: Path) -> list[str]:
    """Logs with more errors in one second than anybody can read."""
    found = []
    for log in sorted(logs.glob("*-[abc].log")):
        second, errors = max(per_second(log).items(), key=lambda item: item[1], default=("", 0))
        if errors >= ERRORS_A_SECOND:
            found.append(f"{log.stem} wrote {errors} errors in the second {second}")
    return found


def per_second(log: Path) -> Counter[str]:
    """Errors by second; lines that are no JSON (the stack of a process that died) are one error together."""
    errors: Counter[str] = Counter()
    second, is_stack = "", False
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                errors[second] += not is_stack
                is_stack = True
                continue
            is_stack = False
            second = str(said.get("timestamp", second))[:19]
            errors[second] += said.get("level") in LEVELS
    return errors


def alarms(logs: Path) -> list[str]:
    """What the services themselves found wrong with their numbers."""
    return [f"{log.stem}: {line[:300]}" for log in sorted(logs.glob("*-[abc].log")) for line in log.open(errors="replace") if ALARM in line]
