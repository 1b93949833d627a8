"""Programs of others that need Java: the name of a `….pom.xml` comes in, its jars in `.cache` go out.

Which Maven there is, and where it finds things, is the machine's own affair; nothing is fetched twice.
"""

import asyncio
import hashlib
import shutil
from pathlib import Path

from deploy.local import child, jars, java

HERE = Path(__file__).parent
LOGGING = HERE / "log4j2.properties"
FETCH_SECONDS = 600


class Missing(Exception):
    """Something that this machine would need to run a peer, said as a sentence."""


def command(classes: str, heap: str, *more: str) -> list[str | Path]:
    """Java with this class path; the class to run and its arguments follow."""
    return [tool("java"), heap, *more, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", classes]


def tool(name: str) -> Path:
    """A program of the JDK, or Maven's."""
    runtime = java.program()
    beside = [] if runtime is None else [runtime.resolve().with_name(name)]
    found = shutil.which(name)
    program = next((path for path in [*beside, *([Path(found)] if found else [])] if path.is_file()), None)
    if runtime is None or program is None:
        raise Missing(
            f"The peers need a JDK {java.OLDEST} or newer and Maven: there is no {'java' if runtime is None else name} of that kind here."
        )
    return program


async def jars_of(name: str) -> Path:
    """The folder of all jars that this peer's `pom.xml` names, fetched the first time."""
    pom = HERE / f"{name}.pom.xml"
    folder = jars.CACHE / f"{name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:8]}"
    if not folder.exists():
        await fetch(pom, folder)
    return folder


async def fetch(pom: Path, folder: Path) -> None:
    """Put the folder in its place only when it is complete."""
    jars.CACHE.mkdir(parents=True, exist_ok=True)
    unfinished, repository = folder.with_suffix(".unfinished"), folder.with_suffix(".maven")
    shutil.rmtree(unfinished, ignore_errors=True)
    quiet: list[str | Path] = ["--batch-mode", "--quiet", "--strict-checksums", "--file", pom, f"-Dmaven.repo.local={repository}"]
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={unfinished}"]
    fetching = child.start("maven", [tool("mvn"), *quiet, *goal], jars.CACHE / "maven.log", folder=pom.parent)
    if await asyncio.wait_for(child.ended(fetching), FETCH_SECONDS) != 0:
        raise Missing(f"Maven cannot fetch what {pom.stem} needs: {fetching.said().strip()[-500:]}")
    unfinished.rename(folder)
    shutil.rmtree(repository, ignore_errors=True)
