"""The same servers in containers. In: nothing but a Docker engine; out: where each answers, and how to end it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from deploy.local import ports

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.1.0"
SETTINGS = Path(__file__).parents[1] / "deploy" / "postgres" / "postgresql.conf"
KAFKA_SETTINGS = Path(__file__).parents[1] / "deploy" / "kafka" / "server.properties"
START_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Container:
    host: str
    port: int
    password: str
    stop: Callable[[], None]

    @property
    def bootstrap(self) -> str:
        return f"{self.host}:{self.port}"


def postgres(password: str) -> Container:
    """PostgreSQL with the settings that it has everywhere."""
    ready = LogMessageWaitStrategy("database system is ready to accept connections", times=2).with_startup_timeout(START_SECONDS)
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_env("POSTGRES_PASSWORD", password)
        .with_env("POSTGRES_INITDB_ARGS", "--locale-provider=builtin --locale=C.UTF-8")
        .with_volume_mapping(str(SETTINGS), "/etc/postgresql/postgresql.conf", "ro")
        .with_command("-c config_file=/etc/postgresql/postgresql.conf -c listen_addresses=* -c max_wal_size=1GB")
        .with_exposed_ports(5432)
        .waiting_for(ready)
    )
    container.start()
    return Container(container.get_container_host_ip(), int(container.get_exposed_port(5432)), password, container.stop)


def kafka() -> Container:
    """Kafka with the settings that it has everywhere; its port is chosen here, as a broker must know under what address it is reached."""
    port = ports.choose()
    container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, port)
    for name, value in kafka_environment(port).items():
        container = container.with_env(name, value)
    container.waiting_for(LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(START_SECONDS)).start()
    return Container(ports.LOOPBACK, port, "", container.stop)


def kafka_environment(port: int) -> dict[str, str]:
    """The image takes its settings as variables: `log.retention.ms` is KAFKA_LOG_RETENTION_MS."""
    lines = [line.split("=", 1) for line in KAFKA_SETTINGS.read_text(encoding="utf-8").splitlines() if "=" in line and line[0] != "#"]
    listeners = {
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "advertised.listeners": f"PLAINTEXT://{ports.LOOPBACK}:{port}",
        "controller.quorum.voters": "1@localhost:9093",
    }
    return {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in {**dict(lines), **listeners}.items()}
