"""Whom PostgreSQL runs as: itself for an ordinary user; for root, who may not run it, an unprivileged user.

In: the paths the server has to reach. Out: an identity as `launch.py` takes it.
"""

import os
import pwd
import stat
from pathlib import Path

from deploy.local.trouble import Trouble

UNPRIVILEGED = ("nobody", "daemon")


def of_server(*paths: Path) -> str:
    """`same` for an ordinary user, else UID:GID, with `:search` where a folder on the way to `paths` is closed to that user."""
    if os.geteuid() != 0:
        return "same"
    user = unprivileged()
    everyone = all(open_to_everyone(path) for path in paths)
    return f"{user.pw_uid}:{user.pw_gid}" + ("" if everyone else ":search")


def unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble("PostgreSQL does not run as root and this machine has no user 'nobody' to run it as: use an ordinary user.")


def open_to_everyone(path: Path) -> bool:
    """Can anybody read this file, or enter this folder, and walk through every folder that leads to it?"""
    whole = path.resolve()
    wanted = stat.S_IXOTH if whole.is_dir() else stat.S_IROTH
    return bool(whole.stat().st_mode & wanted) and all(folder.stat().st_mode & stat.S_IXOTH for folder in whole.parents)


def give(path: Path, identity: str) -> None:
    """Make a file or folder belong to the server's user."""
    if identity != "same":
        user, group, *_ = identity.split(":")
        os.chown(path, int(user), int(group))
