"""`python -m deploy.local WORD`: what the Makefile's words do. Out: what they say; with trouble one sentence and exit code 1."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.local import background, databases, demo, endpoints, holding, lag, launch, progress, quarantine, repair, services, supervisor
from deploy.local.private import Private
from deploy.local.telling import Terminal
from deploy.local.trouble import Trouble

FOLDER = services.ROOT / ".denyut"
INTERRUPTED = 130
PAGE_COLUMNS = 160

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Denyut as processes of this machine.")
chosen = Private(FOLDER)


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Trouble is one sentence for a person, never a stack trace."""
    try:
        yield
    except Trouble as trouble:
        finish(str(trouble), 1)
    except OSError as error:
        finish(supervisor.sentence(error), 1)
    except KeyboardInterrupt:
        finish("Stopped.", INTERRUPTED)


def finish(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr, flush=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Run it to its end, and end with it: a thread that still waits for a download must not keep the process."""
    code = 0
    try:
        with sentences():
            asyncio.run(work)
    except typer.Exit as ending:
        code = ending.exit_code
    sys.stdout.flush()
    os._exit(code)


@app.callback()
def folder(folder: Annotated[Path, typer.Option(help="Where everything is kept.")] = FOLDER) -> None:
    global chosen  # noqa: PLW0603  one option before every word
    chosen = Private(folder.absolute())


@app.command()
def up() -> None:
    """Start everything in the background; returns when it is ready."""
    with sentences():
        chosen.make()
        if holding.holder(chosen) is not None:
            print("Denyut runs already." if endpoints.read(chosen) else "Denyut is being started already.")
        else:
            background.up(chosen, Terminal())
        addresses()


def addresses() -> None:
    known = endpoints.read(chosen)
    if known:
        demo.tell_addresses(known["api"], known["kafka"], chosen, Terminal())


@app.command("demo")
def foreground(end_with_parent: bool = False) -> None:
    """Start everything here, with a publisher and a live table, until Ctrl-C."""
    if end_with_parent:
        launch.tie_to_parent(int(signal.SIGTERM))
    with sentences():
        chosen.make()
        run(demo.run(chosen, console()))


@app.command(hidden=True)
def supervise(writing: int) -> None:
    """What `up` starts in the background."""
    run(background.supervise(chosen, writing))


@app.command()
def down() -> None:
    """End what `up` started."""
    with sentences():
        print("Stopped." if asyncio.run(background.down(chosen, Terminal())) else "Denyut does not run.")


@app.command()
def clean() -> None:
    """End it and forget all its data."""
    with sentences():
        asyncio.run(background.down(chosen, Terminal()))
        if chosen.folder.exists():
            shutil.rmtree(chosen.folder)
        print("All data of the local system is forgotten.")


@app.command("progress")
def show_progress() -> None:
    """Show every indicator once."""
    with sentences():
        if not asyncio.run(progress.show_once(running()["api"], console())):
            raise Trouble("The API does not answer.")


@app.command("lag")
def show_lag() -> None:
    """Show how many records each service has still to read."""
    with sentences():
        known = running()
        behind = lag.messages_behind(known["kafka"])
        rows = [(group, topic, str(records)) for (group, topic), records in sorted(behind.items()) if records]
        show("Records still to be read", ("group", "topic", "records"), rows)
        show_paused(known)


@app.command("quarantine")
def show_quarantine() -> None:
    """Show what could not be taken, and why."""
    with sentences():
        known = running()
        addresses = databases.addresses(chosen, known["servers"]["postgres"]["address"])
        rows = asyncio.run(quarantine.counts(addresses))
        show("Records that could not be taken", ("service", "publisher", "stream", "reason", "records", "replayable", "newest"), rows)
        contradicted = asyncio.run(quarantine.conflicts(addresses))
        if contradicted:
            columns = ("service", "publisher", "stream", "fact", "records")
            show("Records with another content under a version that is known: 'make conflicts' lists both", columns, contradicted)
        show_paused(known)


def show_paused(known: Mapping[str, Any]) -> None:
    """Only where there are any."""
    rows = asyncio.run(lag.paused({name: entry["address"] for name, entry in known["services"].items()}))
    if rows:
        show("Topics that wait, as most of their last records were bad", ("service", "topic", "tried again in seconds"), rows)


@app.command("rebuild")
def rebuild_projection(service: str, accept: bool = False) -> None:
    """Make a service's projection anew from the log, compare, and swap it in; with --accept also where it differs."""
    obey("rebuild", service, ["--accept"] if accept else [])


@app.command("verify")
def verify_numbers(service: Annotated[str, typer.Argument(help="One of them; all without it.")] = "") -> None:
    """Check that every number is what follows from the facts."""
    obey("verify", service, [])


@app.command("replay")
def replay_quarantine(
    service: Annotated[str, typer.Argument(help="One of them; all without it.")] = "", publisher: str = "", reason: str = ""
) -> None:
    """Take what waits in quarantine and can be taken now."""
    narrowed = [("--publisher", publisher), ("--reason", reason)]
    obey("replay", service, [part for option, value in narrowed if value for part in (option, value)])


@app.command("conflicts")
def list_conflicts(service: Annotated[str, typer.Argument(help="One of them; all without it.")] = "", publisher: str = "") -> None:
    """List both contents of every version that was said twice and differently."""
    obey("conflicts", service, ["--publisher", publisher] if publisher else [])


@app.command("accept")
def accept_topic(service: str, topic: str) -> None:
    """Go on with a publisher's topic that was made anew, or whose records were deleted before they were read."""
    obey("accept", service, ["--topic", topic])


def obey(word: str, service: str, options: Sequence[str]) -> None:
    with sentences():
        known = running()
        addresses = databases.addresses(chosen, known["servers"]["postgres"]["address"])
        is_well = repair.ask(word, service, options, known["kafka"], addresses)
    if not is_well:
        raise typer.Exit(1)


@app.command()
def logs(name: Annotated[str, typer.Argument(help="One of them; all without it.")] = "*") -> None:
    """Follow the logs until Ctrl-C."""
    files = sorted(map(str, chosen.logs.glob(f"{name}.log")))
    if not files:
        finish(f"There is no log in {chosen.logs}.", 1)
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])  # noqa: S606, S607  the system's own tail


def running() -> dict[str, Any]:
    known = endpoints.read(chosen)
    if known is None:
        raise Trouble("Denyut does not run: 'make up' starts it.")
    return known


def console() -> Console:
    """The terminal, or a wide page where there is none."""
    return Console() if sys.stdout.isatty() else Console(width=PAGE_COLUMNS)


def show(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    console().print(table if rows else f"{title}: none.")


if __name__ == "__main__":
    app(prog_name="python -m deploy.local")
