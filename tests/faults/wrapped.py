"""A service as the harness starts it: `python -m tests.faults.wrapped NAME`. The service's own program, with places where it can fail.

`FAULTS_CONTROL` is the control folder, `FAULTS_REPLICA` this process's name, `FAULTS_WITHOUT=lock` takes the merge lock away (and the
order that the next number gives): a harness that does not notice that proves nothing.
"""

import os
import runpy
import sys
from pathlib import Path

from tests.faults import failpoints
from tests.faults.unlocked import take_lock_away


def main() -> None:
    service = sys.argv[1]
    failpoints.install(failpoints.Armed(Path(os.environ["FAULTS_CONTROL"]), service, os.environ["FAULTS_REPLICA"]))
    if os.environ.get("FAULTS_WITHOUT") == "lock":
        take_lock_away()
    runpy.run_module(f"services.{service}.app", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
