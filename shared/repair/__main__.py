"""`python -m shared.repair WORD SERVICE`: what an operator asks of a service's knowledge, with the environment of the service itself.

rebuild    make the projection anew from the log, compare it with the live one, swap it in (`--accept`: also where they differ)
verify     check now that every number is what its facts give
replay     take what waits in quarantine and can be taken now (`--publisher`, `--reason`: only theirs)
conflicts  list what was said twice under one version with different contents, both of them (`--publisher`: only theirs)
accept     go on with a publisher's topic (`--topic`) that was made anew, or whose records were deleted before they were read

Exit code 0: done, and all is well · 1: not, and the last lines say why.
"""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Sequence
from itertools import chain, repeat

import asyncpg
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException

from shared.events.envelope import Event
from shared.messaging.rooms import Rooms
from shared.postgres.pool import open_pool
from shared.repair import accept, conflicts, rebuild, replay, verify
from shared.repair.tables import Difference
from shared.runtime import logging
from shared.runtime.settings import Settings

SHOWN = 20
WAIT_SECONDS = 600


def main(arguments: Sequence[str]) -> int:
    asked = parse(arguments)
    settings = Settings()
    logging.set_up(settings.log, asked.service)
    rooms: Rooms = importlib.import_module(f"services.{asked.service}.app").ROOMS  # by name: what is shared knows no service
    return asyncio.run(WORDS[asked.word](rooms, settings, asked))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shared.repair", description="Rebuild, verify, replay or explain what a service knows.")
    parser.add_argument("word", choices=WORDS)
    parser.add_argument("service")
    parser.add_argument("--accept", action="store_true", help="rebuild: swap although the rebuilt numbers differ")
    parser.add_argument("--publisher", help="replay, conflicts: only this publisher's records")
    parser.add_argument("--topic", help="accept: the publisher's topic to go on with")
    parser.add_argument("--reason", help="replay: only records with this reason")
    return parser.parse_args(arguments)


async def on_rebuild(rooms: Rooms, settings: Settings, asked: argparse.Namespace) -> int:
    try:
        show(await rebuild.rebuild(rooms, settings, accept=asked.accept))
    except rebuild.Differs as differs:
        show(differs.found)
        print(f"{rooms.name}: rebuilt, and different from live, which stays as it is. With --accept the rebuilt one becomes live.")
        return 1
    except (rebuild.Refused, rebuild.LogUnreadable, KafkaError, OSError, asyncpg.PostgresError) as reason:
        print(f"{rooms.name}: not rebuilt, and live is as it was: {str(reason) or repr(reason)}.")
        return 1
    print(f"{rooms.name}: rebuilt from the log, and live.")
    return 0


async def on_verify(rooms: Rooms, settings: Settings, asked: argparse.Namespace) -> int:  # noqa: ARG001
    pool = await open_pool(settings.database, "verify", prepare=rooms.prepare)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while (found := await verify.alarm(rooms, pool)) is None:  # noqa: ASYNC110  it is another process
                await asyncio.sleep(1)  # a check at work began before this one was asked for
    except TimeoutError:
        print(f"{rooms.name}: not checked within {WAIT_SECONDS} s; ask again.")
        return 1
    finally:
        pool.terminate()
    show(found)
    print(
        f"{rooms.name}: {f'{len(found)} numbers are not what follows from the facts' if found else 'every number follows from its facts'}."
    )
    return 1 if found else 0


async def on_replay(rooms: Rooms, settings: Settings, asked: argparse.Namespace) -> int:
    done = await replay.replay(rooms, settings, asked.publisher, asked.reason)
    print(
        f"{rooms.name}: {done.taken} records taken, {done.refused} refused again, {done.lost} cannot be taken: their bytes were not kept."
    )
    return 0


async def on_conflicts(rooms: Rooms, settings: Settings, asked: argparse.Namespace) -> int:
    try:
        number, found = await conflicts.find(rooms, settings, asked.publisher)
    except (rebuild.LogUnreadable, KafkaError, OSError, asyncpg.PostgresError) as reason:
        print(f"{rooms.name}: the contents cannot be read: {str(reason) or repr(reason)}.")
        return 1
    for conflict in found:
        print(f"  {conflict.fact}")
        for content, word in zip(conflict.contents, chain(("stands",), repeat("lost")), strict=False):
            print(f"    {word:6} {content.topic}/{content.partition}/{content.offset} ({content.times} times): {said(content.event)}")
    print(f"{rooms.name}: {number} records have another content than what was said under the same version.")
    return 0


async def on_accept(rooms: Rooms, settings: Settings, asked: argparse.Namespace) -> int:
    if not asked.topic:
        print(f"{rooms.name}: which topic? --topic umkm.<stream>.<publisher>")
        return 1
    try:
        moves = await accept.accept(rooms, settings, asked.topic)
    except (accept.NoSuchTopic, KafkaError, KafkaException, OSError, asyncpg.PostgresError) as reason:
        print(f"{rooms.name}: nothing was changed: {str(reason) or repr(reason)}.")
        return 1
    for partition, (was, now) in moves.items():
        print(f"  {asked.topic}/{partition}: was at {was}, {'is no more' if now is None else f'goes on at {now}'}")
    print(f"{rooms.name}: {len(moves)} partitions of {asked.topic} go on elsewhere{'' if moves else ': it has what comes next'}.")
    return 0


def said(event: Event) -> str:
    return f"{event.type} {event.id} {event.data.model_dump_json(exclude_none=True)}"


def show(found: Sequence[Difference]) -> None:
    for difference in found[:SHOWN]:
        print(f"  {difference}")
    if len(found) > SHOWN:
        print(f"  … and {len(found) - SHOWN} more")


WORDS = {"rebuild": on_rebuild, "verify": on_verify, "replay": on_replay, "conflicts": on_conflicts, "accept": on_accept}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
