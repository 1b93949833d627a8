"""The process that runs the system until it is told to end. In: a private folder; out: nothing that runs after it.

Ctrl-C, SIGTERM and SIGHUP end everything in order, a second one at once; when this process is killed the kernel ends its children.
"""

import asyncio
import errno
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from deploy.local import child, holding, system
from deploy.local.private import Private
from deploy.local.system import System
from deploy.local.telling import Tell
from deploy.local.trouble import Trouble

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def supervise(private: Private, tell: Tell, while_ready: Callable[[System], Awaitable[None]]) -> None:
    """Bring the system up, do `while_ready` until a signal comes, and take it down."""
    with holding.hold(private):
        running = System(private, tell)
        work = asyncio.current_task()
        assert work is not None
        end_on_signal(tell, work)
        try:
            await system.bring_up(running)
            await while_ready(running)
        except asyncio.CancelledError:
            tell("Stopping.")
        except OSError as error:
            raise Trouble(sentence(error)) from error
        finally:
            await asyncio.shield(system.take_down(running))
        tell("Stopped; nothing is left running.")


def end_on_signal(tell: Tell, work: asyncio.Task[None]) -> None:
    """The first signal ends the work, the next one ends every process that is left without waiting for it."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def on_signal(number: int) -> None:
        heard.append(number)
        if len(heard) == 1:
            work.cancel()
        else:
            tell("Stopping at once.")
            child.kill_all_now()

    for number in ENDINGS:
        loop.add_signal_handler(number, on_signal, number)


async def for_ever(_: System) -> None:
    """Nothing more to do than to keep it running."""
    with suppress(asyncio.TimeoutError):
        await asyncio.Event().wait()


def sentence(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full: free some space and start again; nothing that was stored is lost."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{error.filename} belongs to somebody else: run this as the user who made it, or remove it."
    return str(error)
