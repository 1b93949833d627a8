"""docker-compose.yml and the image, read as data: what may never slip in. The real Compose checks the syntax where it is installed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import postgres
from deploy.local.databases import SERVICES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
CONTRACT = "docs/contracts/asyncapi.json"  # what reporting shows at /asyncapi
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")


def test_only_the_api_and_kafka_are_reachable_and_only_from_this_machine() -> None:
    ports = {name: port for name, service in COMPOSE["services"].items() for port in service.get("ports", [])}
    assert set(ports) == {"reporting", "kafka"}
    assert all(port.startswith("127.0.0.1:") for port in ports.values())


def test_no_password_has_a_default() -> None:
    used = re.findall(r"\$\{([A-Z_]*PASSWORD)(.*?)\}", TEXT)
    assert {name for name, _ in used} == {"POSTGRES_PASSWORD", *(f"{service.upper()}_PASSWORD" for service in SERVICES)}
    assert all(rest.startswith(":?") for _, rest in used)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "user" not in service  # that of the image: 10001
    addresses = [value for value in service["environment"].values() if value.startswith("postgres://")]
    assert len(addresses) == 1
    assert addresses[0].startswith(f"postgres://{name}:${{{name.upper()}_PASSWORD:?")
    assert addresses[0].endswith(f"/{name}")


def test_servers_are_official_images_with_the_settings_of_everywhere() -> None:
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"
    assert COMPOSE["services"]["kafka"]["image"] == "apache/kafka:4.1.0"
    mounted = [volume.split(":")[0] for name in ("postgres", "kafka") for volume in COMPOSE["services"][name]["volumes"]]
    assert f"./{postgres.SETTINGS.relative_to(ROOT)}" in mounted
    assert "./deploy/kafka/server.properties" in mounted
    assert all((ROOT / path).is_file() for path in mounted if path.startswith("./"))


def test_everything_that_is_waited_for_exists_and_can_be_waited_for() -> None:
    for service in COMPOSE["services"].values():
        for name, how in service.get("depends_on", {}).items():
            awaited = COMPOSE["services"][name]
            assert "healthcheck" in awaited if how["condition"] == "service_healthy" else "restart" not in awaited


def test_an_image_has_what_is_shared_and_one_service_and_is_not_root() -> None:
    copied = re.findall(r"^COPY (?:--from=\S+ )?(\S+)", DOCKERFILE, re.MULTILINE)
    assert copied == ["requirements/runtime.txt", "/venv", "shared/", "services/__init__.py", "services/${SERVICE}/", CONTRACT]
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert "syntax" not in DOCKERFILE.splitlines()[0]
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("\nCMD")
