"""The servers that everything is tested on are what they say they are."""

import asyncpg
import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._resource import ResourceType

from deploy.local import kafka as kafka_server
from tests import servers
from tests.servers import Servers


async def test_postgres_is_set_as_in_production(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    names = ["fsync", "synchronous_commit", "wal_compression", "work_mem", "TimeZone"]
    rows = await connection.fetch("select name, current_setting(name) as value from pg_settings where name = any($1)", names)
    locale = await connection.fetchrow("select datlocprovider, datlocale from pg_database where datname = 'postgres'")
    version = await connection.fetchval("show server_version_num")
    await connection.close()
    expected = {"fsync": "on", "synchronous_commit": "on", "wal_compression": "pglz", "work_mem": "64MB", "TimeZone": "UTC"}
    assert {row["name"]: row["value"] for row in rows} == expected
    assert locale is not None
    assert tuple(locale) == (b"b", "C.UTF-8")
    assert int(version) >= 180000


async def test_kafka_is_set_as_in_production(kafka: str) -> None:
    client = AdminClient({"bootstrap.servers": kafka})
    broker = ConfigResource(ResourceType.BROKER, "1")
    settings = client.describe_configs([broker])[broker].result(timeout=10)
    assert settings["log.message.timestamp.type"].value == "LogAppendTime"
    assert settings["log.retention.ms"].value == "-1"
    assert settings["message.max.bytes"].value == "4194304"
    assert settings["num.partitions"].value == "4"
    assert settings["auto.create.topics.enable"].value == "true"


def test_the_name_of_a_new_cluster_is_no_option() -> None:
    names = {kafka_server.cluster_id() for _ in range(500)}
    assert len(names) == 500
    assert not [name for name in names if name.startswith("-") or len(name) != 22]


@pytest.mark.parametrize("service", ["onboarding", "export", "procurement", "reporting"])
async def test_a_service_can_connect_to_its_own_database_only(running_servers: Servers, service: str) -> None:
    await servers.postgres_of(running_servers)
    own = await asyncpg.connect(running_servers.roles[service])
    assert await own.fetchval("select not rolsuper from pg_roles where rolname = current_user")
    await own.close()
    for other in {*running_servers.roles, "postgres", "template1"} - {service}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(servers.address(running_servers, service, other))
