"""Settings of the whole platform, read from ``TRAMITA_*`` environment variables."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    """Where Tramita runs. Simulators and dummy providers refuse ``production``."""

    DEMO = "demo"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What every process of one installation must agree on."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_", extra="ignore")

    database_url: str = Field(
        default="",
        description="PostgreSQL (14 or newer) to use, `postgresql://…`. Empty: an embedded server "
        "under the data directory.",
    )
    data_dir: Path = Field(
        default=Path(".data"),
        description="Where the embedded PostgreSQL and the demo's keys live.",
    )
    mode: Mode = Field(
        default=Mode.DEMO,
        description="`demo` or `production`. Defaults to `production` when a database URL is set.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web process binds to.")
    port: int = Field(default=8000, description="Port of the web process.")
    simulators_port: int = Field(default=8100, description="Port of the simulators.")
    public_url: str = Field(
        default="", description="How clients reach this installation; empty: from host and port."
    )
    cache_url: str = Field(
        default="",
        description="Redis that all processes cache in, `redis://…`, `rediss://…` or `unix://…`. "
        "Empty: each process in its own memory.",
    )
    pool_size: int = Field(default=10, description="Database connections per process.")
    worker_concurrency: int = Field(
        default=1000, description="Jobs one worker process runs at the same time."
    )
    operation_grace: float = Field(
        default=10.0,
        description="Seconds past a call's deadline after which a call without an outcome is lost.",
    )
    heartbeat_timeout: float = Field(
        default=10.0,
        description="Seconds without a heartbeat after which a dead worker's jobs are taken over.",
    )
    dequeue_timeout: float = Field(
        default=2.0, description="Seconds an idle worker waits before it looks for jobs unasked."
    )
    log_level: str = Field(default="INFO", description="Lowest level that is logged.")

    @model_validator(mode="before")
    @classmethod
    def _production_when_a_database_is_given(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("database_url") and "mode" not in values:
            return values | {"mode": Mode.PRODUCTION}
        return values

    @property
    def address(self) -> str:
        """The public base URL, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_demo(self) -> bool:
        """Whether simulators, a movable clock and generated keys are allowed."""
        return self.mode is Mode.DEMO
