"""Roles and databases of the services. In: a running server; out: a role and a database for each service, and their addresses.

The statements are those of `deploy/postgres/databases.sh`, which docker-compose.yml runs too.
"""

import asyncio
import os
from pathlib import Path

from deploy.local import child, postgres
from deploy.local.postgres import Postgres
from deploy.local.private import Private
from deploy.local.trouble import Trouble

SCRIPT = Path(__file__).parents[1] / "postgres" / "databases.sh"
SERVICES = ("onboarding", "export", "procurement", "reporting")
SCRIPT_SECONDS = 60


async def ensure(private: Private, server: Postgres) -> dict[str, str]:
    """Make what is missing, and give each service's address of its own database."""
    passwords = {service: private.secret(f"password of {service}") for service in SERVICES}
    environment = {
        **os.environ,
        "PATH": f"{postgres.programs()}:{os.environ.get('PATH', os.defpath)}",
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": postgres.SUPERUSER,
        "PGPASSWORD": server.password,
        **{f"{service.upper()}_PASSWORD": password for service, password in passwords.items()},
    }
    making = child.start("databases", ["/bin/sh", SCRIPT], private.log("databases"), environment=environment)
    if await asyncio.wait_for(child.ended(making), SCRIPT_SECONDS) != 0:
        raise Trouble(f"The services' databases cannot be made: {making.said().strip()}")
    return addresses(private, server.address)


def addresses(private: Private, server: str) -> dict[str, str]:
    """Each service's address of its own database, on the server that answers at host:port."""
    return {service: f"postgres://{service}:{private.secret(f'password of {service}')}@{server}/{service}" for service in SERVICES}
