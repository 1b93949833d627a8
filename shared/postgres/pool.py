"""Connections: a service's database address comes in, a small pool goes out, with every limit written out."""

from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg

from shared.postgres.connection import Connection, Pool


async def open_pool(dsn: str, name: str, *, prepare: Callable[[Connection], Coroutine[Any, Any, None]] | None = None) -> Pool:
    """Open a pool of at most six connections; `prepare` runs once on each new connection (temporary tables).

    A merge may take long, so no statement timeout on the server; whoever stops after taking the lock is ended after 10 s.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=6,
        timeout=5,
        command_timeout=60,
        max_inactive_connection_lifetime=300,
        init=prepare,
        server_settings={
            "application_name": name,
            "idle_in_transaction_session_timeout": "10s",
            "lock_timeout": "30s",
            "tcp_keepalives_idle": "10",
            "jit": "off",
            "enable_seqscan": "off",  # a batch looks up keys: a plan made while a table was small must not read it whole later
            "timezone": "UTC",
        },
    )
