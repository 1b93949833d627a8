"""A process's environment: variables DENYUT_… come in, typed settings go out; what is missing is said by name."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Addresses(BaseSettings):
    """What every program needs. Nothing here has a secret as its default."""

    model_config = SettingsConfigDict(env_prefix="DENYUT_", frozen=True)

    kafka: str = Field(description="bootstrap servers, host:port[,host:port]")
    publishers: Path = Field(description="the registry of publishers, publishers.yaml")
    log: Literal["json", "text"] = "json"


class Settings(Addresses):
    """What every service needs."""

    database: str = Field(description="postgres:// address of the service's own database, with its own role")
    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    session_ms: int = Field(
        6_000, ge=1_000, le=60_000, description="how long a silent replica is waited for; a broker grants 6 s or more by default"
    )
    unregistered: Literal["count", "hold"] = Field("hold", description="what happens to publishers that are not in the registry")
    verify_seconds: int = Field(600, ge=1, description="how often the numbers are counted anew from the facts and compared")
