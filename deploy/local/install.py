"""Installs pinned packages into the environment of the Python that runs it: `install.py STAMP REQUIREMENTS …`.

In: requirement files with hashes; out: the packages, and the stamp file that tells make so. Needs nothing but the standard library.
Where the machine has no Java that is new enough, `java.txt` beside a `local.txt` is installed too.
"""

import re
import subprocess
import sys
from collections import deque
from pathlib import Path

from deploy.local import java
from deploy.local.telling import Terminal

PIP = (sys.executable, "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check")
PACKAGE = re.compile(r"^[A-Za-z0-9._-]+==", re.MULTILINE)
SETTLED = re.compile(r"\s*(Collecting|Requirement already satisfied)")


def main(stamp: Path, requirements: list[Path]) -> int:
    """The exit code; what went wrong is said in the end, after a few of pip's own lines."""
    if any(file.name == "local.txt" for file in requirements) and not any(map(java.new_enough, java.of_machine())):
        requirements = [*requirements, requirements[-1].with_name("java.txt")]
    tell = Terminal()
    code, last = install(requirements, tell)
    if code == 0:
        tell("The Python packages are installed.")
        stamp.touch()
        return 0
    tell("\n".join(last))
    tell(sentence("\n".join(last)))
    return code


def install(requirements: list[Path], tell: Terminal) -> tuple[int, list[str]]:
    """Run pip, tell how far it is, and keep its last lines."""
    total = sum(len(PACKAGE.findall(file.read_text(encoding="utf-8"))) for file in requirements)
    files = [word for file in requirements for word in ("-r", str(file))]
    last: deque[str] = deque(maxlen=8)
    settled = 0
    with subprocess.Popen([*PIP, *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603
        for line in pip.stdout or ():
            last.append(line.rstrip())
            settled += bool(SETTLED.match(line))
            tell(f"Python packages: {settled} of {total}" if "Installing" not in line else "Python packages: unpacking", passing=True)
    return pip.returncode, list(last)


def sentence(said: str) -> str:
    if "No space left on device" in said:
        return "The disk is full: free about 1 GB and run it again."
    if "No matching distribution" in said:
        return "Either the package index cannot be reached, or it has no wheel for this Python and machine: try Python 3.11 to 3.13."
    return "The Python packages cannot be installed: see pip's lines above."


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
