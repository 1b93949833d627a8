"""Scale: what growth costs, and which way past one database there is.

own_… and whole_…_per_second: our merge alone and end to end, into a tenth, all and three times the rows of this size · domains_…: the
three domain services side by side, in how many cores each kept busy · two_processes_of_one: two processes of one service, of the rate
of one · shards_of_one: two databases behind a re-keyed topic, of the rate of one · shards_apart: how far their sums are from the
figures of one.
"""

import asyncio
import itertools
import sys
from functools import partial

from benchmarks import abreast, filling, merges, mixed, running, servers, shard, tables
from benchmarks.abreast import Program
from benchmarks.batches import batches
from benchmarks.measured import Row, row
from benchmarks.register import Register
from benchmarks.scope import Scope
from benchmarks.servers import Servers
from deploy.local import services
from services.export import app as export
from services.onboarding import app as onboarding
from services.procurement import app as procurement
from shared.events import topics
from shared.messaging.topics import Topics
from shared.postgres.migrate import migrate

CASE = "scale"
SLOWEST_RATE = 1_000
DOMAINS = {"onboarding": onboarding.ROOMS, "export": export.ROOMS, "procurement": procurement.ROOMS}
HERE = partial(row, CASE)


async def run(scope: Scope) -> list[Row]:
    register = Register(scope.events)
    limit = register.events / SLOWEST_RATE
    async with servers.running() as here:
        await filling.make_topics(here.kafka.bootstrap)
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, register.messages())
        rows = [found for size in (scope.rows // 10, scope.rows, 3 * scope.rows) for found in await sized(here, register, size, scope)]
        await tables.make(here, 0, plain=False, name="filled_0")
        one = Program("onboarding", await here.clone("filled_0", "bench_one"), register.events)
        alone = await abreast.run(here, [one], limit)
        rows += [HERE("one_per_second", [alone.rate])]
        figures = await running.sums_of(one.dsn)
        rows += await two_processes(here, register, alone.rate, limit)
        rows += await side_by_side(here, scope.events // len(DOMAINS), one.dsn, limit)
        rows += await two_shards(here, register, figures, alone.rate, limit)
    return rows


async def sized(here: Servers, register: Register, size: int, scope: Scope) -> list[Row]:
    """Our merge alone and the whole service, into a table of that many rows."""
    name = f"filled_{size}"
    await tables.make(here, size, plain=False, name=name)
    own = await merges.own(await here.clone(name, "bench_sized"), batches(register))
    whole = await running.backfill(here, await here.clone(name, "bench_sized"), register.events, register.events / SLOWEST_RATE)
    await here.execute("drop database bench_sized with (force)", f"drop database {name}")
    scope.say(f"{size:,} rows: own merge {own.rate:,.0f}/s, end to end {whole.rate:,.0f}/s")
    return [
        HERE(f"own_at_{size}_per_second", [own.rate]),
        HERE(f"whole_at_{size}_per_second", [whole.rate]),
        HERE(f"wal_bytes_at_{size}", [whole.wal_bytes / whole.events]),
    ]


async def two_processes(here: Servers, register: Register, one_rate: float, limit: float) -> list[Row]:
    """They share the partitions; the lock of a batch is their database's."""
    dsn = await here.clone("filled_0", "bench_two")
    both = await abreast.run(here, [Program("onboarding", dsn, register.events)] * 2, limit)
    return [HERE("two_processes_of_one", [both.rate / one_rate])]


async def two_shards(here: Servers, register: Register, figures: tuple[int, ...], one_rate: float, limit: float) -> list[Row]:
    """Each MSME in one of two databases. The last case: a service that is not a shard would hear the re-keyed topics as well."""
    await Topics(here.kafka.bootstrap).ensure(shard.inbound())
    counts = [0] * shard.SHARDS
    for message in register.messages():
        counts[shard.shard_of(message)] += 1
    await asyncio.to_thread(filling.fill, here.kafka.bootstrap, map(shard.rekeyed, register.messages()))
    programs = [
        Program("onboarding", await here.clone("filled_0", f"bench_shard_{number}"), events, command(number))
        for number, events in enumerate(counts)
    ]
    found = await abreast.run(here, programs, limit)
    sums = [await running.sums_of(program.dsn) for program in programs]
    apart = sum(abs(sum(parts) - whole) for whole, *parts in zip(figures, *sums, strict=True))
    return [
        HERE("shards_of_one", [found.rate / one_rate]),
        HERE("shards_apart", [float(apart)]),
        HERE("figures_of_one", [float(sum(figures))]),
    ]


def command(number: int) -> tuple[str, ...]:
    return sys.executable, "-m", "benchmarks.shard", str(number)


async def side_by_side(here: Servers, events: int, register_dsn: str, limit: float) -> list[Row]:
    """Each domain service has as many events of its own stream; onboarding's database has heard the register already."""
    await services.make_topics(here.private, here.kafka.bootstrap)
    await Topics(here.kafka.bootstrap).ensure({topics.inbound(name, mixed.PUBLISHER): topics.INBOUND[name] for name in DOMAINS})
    databases = {**here.databases, "onboarding": register_dsn}
    for name, rooms in DOMAINS.items():
        kinds = [kind for kind in mixed.kinds() if kind.type.startswith(f"{name}.")]
        messages = map(mixed.message, itertools.islice(itertools.cycle(kinds), events))
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, messages)
        await migrate(databases[name], *rooms.migrations)
    found = await abreast.run(here, [Program(name, databases[name], events) for name in DOMAINS], limit)
    busy = [HERE(f"domains_cores_{name}", [cores]) for name, cores in found.cores().items()]
    return [HERE("domains_per_second", [found.rate]), *busy]
