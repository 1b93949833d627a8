"""Becomes the program it is given, after tying it to its parent: `launch.py PARENT SIGNAL IDENTITY PROGRAM [ARGUMENT …]`.

In: the parent's process id, the signal to get when that parent dies (whatever ends it, SIGKILL included), and who to be: `same`,
`UID:GID`, or `UID:GID:search` for an unprivileged user who may still walk through folders that are closed to it. Out: the program,
in the same process. It runs as a script with nothing but the standard library, so that a start costs milliseconds.
"""

import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    parent, death_signal, identity, *command = arguments
    if identity != "same":
        become(identity)
    # a change of credentials clears the death signal, so it is set last
    tie_to_parent(int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent ended before its child began")
    os.execv(command[0], command)  # noqa: S606  the commands are our own


def tie_to_parent(death_signal: int) -> None:
    """Get this signal when the parent dies; 0 unties."""
    call("prctl", PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def become(identity: str) -> None:
    """Give up root for good; `search` keeps the one capability that opens closed folders on the way to our own files."""
    user, group, *search = identity.split(":")
    capability = searching_capability() if search else None
    if search:
        # so that setuid keeps capabilities, and access(2), with which initdb looks for its server, heeds the one that we keep
        call("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(int(group))
    os.setuid(int(user))
    if capability is not None:
        keep_across_exec(capability)


def searching_capability() -> int:
    """Reading and searching is enough; a container's root often has only the wider of the two."""
    return CAP_DAC_READ_SEARCH if permitted() & 1 << CAP_DAC_READ_SEARCH else CAP_DAC_OVERRIDE


def permitted() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1], 16) for line in status if line.startswith("CapPrm:"))


def keep_across_exec(capability: int) -> None:
    """Keep this one capability and no other, also across execve, where it would be lost without being ambient."""
    mask = 1 << capability
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    sets = struct.pack("6I", mask, mask, mask, 0, 0, 0)
    call("capset", header, sets)
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def call(name: str, *arguments: int | bytes) -> None:
    wide = [ctypes.c_ulong(argument) if isinstance(argument, int) else argument for argument in arguments]
    if getattr(libc, name)(*wide) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
