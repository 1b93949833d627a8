"""Kafka's jars. In: `kafka-jars.txt`, coordinates with the SHA-256 of each; out: a folder that holds exactly these.

`python -m deploy.local.jars fetch` downloads them, a line for each; `… list` resolves Kafka's dependencies anew and writes the list
(`make requirements`).
"""

import fcntl
import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.trouble import Trouble

VERSION = "4.1.0"
WANTED = (f"org.apache.kafka:kafka_2.13:{VERSION}", "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3")
LIST = Path(__file__).with_name("kafka-jars.txt")
CACHE = Path(__file__).parents[2] / ".cache"
# two downloads at a time per core keep a slow line busy without looking like a flood
PARALLEL_DOWNLOADS = 4
REQUEST_TIMEOUT_SECONDS = 60


def folder_of_jars() -> Path:
    """Where they are, complete, if this folder exists."""
    return CACHE / f"kafka-{VERSION}-{digest(LIST.read_bytes())[:8]}"


def ensure() -> None:
    """Download them unless they are there; two processes at once wait for each other."""
    folder = folder_of_jars()
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            download(folder, CACHE / "maven.unfinished")


def download(folder: Path, repository: Path) -> None:
    """Fetch all jars, compare them with the list, and put the folder in its place only when it is complete."""
    unfinished = folder.with_suffix(".unfinished")
    for leftover in (unfinished, repository):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished.mkdir()
    listed = [line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    try:
        with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
            fetched = pool.map(lambda entry: fetch(entry[0], entry[1], repository, unfinished), listed)
            for number, _ in enumerate(fetched, 1):
                print(f"Kafka {VERSION}: {number} of {len(listed)} jars", flush=True)
    except OSError as error:  # the HTTP client's errors are among these
        raise Trouble(f"Kafka's jars cannot be downloaded: {error}. Check the connection and the disk, then run it again.") from error
    unfinished.rename(folder)
    shutil.rmtree(repository, ignore_errors=True)


def fetch(coordinate: str, expected: str, repository: Path, folder: Path) -> None:
    jar = resolve_one(coordinate, repository)
    found = digest(jar.read_bytes())
    if found != expected:
        raise Trouble(f"{coordinate} is not what it was when this list was made (SHA-256 {found}): not used.")
    os.replace(jar, folder / jar.name)


def resolve_one(coordinate: str, repository: Path) -> Path:
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repository, timeout=REQUEST_TIMEOUT_SECONDS)
    return Path(context.create_dependency(coordinate).artifact.resolve())


def write_list(repository: Path = CACHE / "maven") -> None:
    """Resolve what Kafka needs, as Maven would, and write it down with hashes."""
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repository, timeout=REQUEST_TIMEOUT_SECONDS)
    chosen: dict[tuple[str, str], str] = {}
    for coordinate in WANTED:  # one by one, the first decides: together, log4j's own wishes would bring an older Kafka client
        wanted, needed = context.resolver.resolve([context.create_dependency(coordinate)])
        running = [found for found in needed if found.scope in ("compile", "runtime")]
        for jar in (found.artifact for found in (*wanted, *running)):
            line = f"{jar.groupId}:{jar.artifactId}:{jar.version} {digest(Path(jar.resolve()).read_bytes())}"
            chosen.setdefault((jar.groupId, jar.artifactId), line)
    heading = f"# Apache Kafka {VERSION} and what it needs; written by 'make requirements'\n"
    LIST.write_text(heading + "\n".join(sorted(chosen.values())) + "\n", encoding="utf-8")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(word: str) -> None:
    try:
        ensure() if word == "fetch" else write_list()
    except Trouble as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main(sys.argv[1])
