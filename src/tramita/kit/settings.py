"""Settings of the whole platform, read from ``TRAMITA_*`` environment variables."""

from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.addresses import is_loopback, read_networks
from tramita.kit.languages.catalogs import LANGUAGES
from tramita.kit.languages.choosing import choose_language, language_of

PREFIX: Final = "TRAMITA_"
_DATABASES: Final = ("postgresql://", "postgres://", "postgresql+asyncpg://")
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Mode(StrEnum):
    """Where Tramita runs. Simulators and dummy providers refuse ``production``."""

    DEMO = "demo"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What every process of one installation must agree on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default="",
        description="PostgreSQL (14 or newer) to use, `postgresql://…`. Empty: an embedded server "
        "under the data directory.",
    )
    data_dir: Path = Field(
        default=Path(".data"),
        description="Where the embedded PostgreSQL, documents and the demo's keys live.",
    )
    mode: Mode = Field(
        default=Mode.DEMO,
        description="`demo` or `production`. Defaults to `production` when a database URL is set.",
    )
    migrate_at_start: bool | None = Field(
        default=None,
        description="Whether every process brings the database up to date as it starts. Unset: in "
        "the demo it does; in production `tramita migrate` and `tramita all` alone do, and the "
        "others wait until the schema is theirs.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web process binds to.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the web process.")
    simulators_port: int = Field(
        default=8100, ge=0, le=65535, description="Port of the simulators."
    )
    demo_for_all: bool = Field(
        default=False,
        description="Let a demo listen on an address that others reach. Its secrets are public: "
        "whoever reaches it can forge what a vendor sends.",
    )
    public_url: str = Field(
        default="", description="How clients reach this installation; empty: from host and port."
    )
    webhook_networks: str = Field(
        default="",
        description="Networks that events are sent to besides public addresses, "
        "`10.20.0.0/16, fd00:20::/32`: receivers of your own. What they answer is not shown.",
    )
    time_zone: str = Field(
        default="America/Sao_Paulo",
        description="Zone in which the console tells people the time; the exact UTC stands beside "
        "it. Clients always read Brasília time.",
    )
    language: str = Field(
        default="en",
        description="Language of pages and e-mails for whom no other is known: `en`, `fr`, `pt` or `ru`, "
        "with a country where dates are to be written as there, `en-GB`.",
    )
    cache_url: str = Field(
        default="",
        description="Redis that all processes cache in, `redis://…`, `rediss://…` or `unix://…`. "
        "Empty: each process in its own memory.",
    )
    files_url: str = Field(
        default="",
        description="Where documents are kept, `s3://bucket/folder` with the usual AWS_ variables. "
        "Empty: a folder under the data directory, which all processes must share.",
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
    worker_grace: float = Field(
        default=45.0,
        description="Seconds that a worker told to stop gives its running jobs; "
        "other workers take over what has not ended then.",
    )
    dequeue_timeout: float = Field(
        default=2.0, description="Seconds an idle worker waits before it looks for jobs unasked."
    )
    log_level: str = Field(
        default="INFO",
        description="Lowest level that is logged: "
        "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.",
    )

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, address: str) -> str:
        if address and not address.startswith(_DATABASES):
            raise ValueError("a PostgreSQL address begins with postgresql://")
        return address

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, networks: str) -> str:
        read_networks(networks)
        return networks

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a time zone is named as in America/Sao_Paulo") from None
        return name

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, language: str) -> str:
        if language_of(language) not in LANGUAGES:
            raise ValueError(f"languages are {', '.join(LANGUAGES)}")
        return choose_language(language, among=LANGUAGES)

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, level: str) -> str:
        if level.upper() not in _LEVELS:
            raise ValueError(f"levels are {', '.join(_LEVELS)}")
        return level.upper()

    @model_validator(mode="before")
    @classmethod
    def _production_when_a_database_is_given(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("database_url") and "mode" not in values:
            return values | {"mode": Mode.PRODUCTION}
        return values

    @model_validator(mode="after")
    def _demo_is_at_home(self) -> "Settings":
        if self.is_demo and not self.demo_for_all and not is_loopback(self.host):
            raise ValueError(
                f"a demo listens on loopback only, not on {self.host} (TRAMITA_HOST): its secrets "
                "are public. Set TRAMITA_DEMO_FOR_ALL=true if others may reach it all the same"
            )
        return self

    @property
    def address(self) -> str:
        """The public base URL, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def migrates(self) -> bool:
        """Whether this process changes the schema by itself."""
        return self.is_demo if self.migrate_at_start is None else self.migrate_at_start

    @property
    def without_https(self) -> str | None:
        """What is not safe where people sign in without TLS; None where there is, or in the demo."""
        if self.is_demo or self.address.startswith("https://"):
            return None
        return (
            "TRAMITA_PUBLIC_URL does not begin with https://: passwords and sessions of the console, "
            "and the clients' links, can be read on their way"
        )

    @property
    def is_demo(self) -> bool:
        """Whether simulators, a movable clock and generated keys are allowed."""
        return self.mode is Mode.DEMO
