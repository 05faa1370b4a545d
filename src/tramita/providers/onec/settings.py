"""Settings of 1C, read from ``TRAMITA_ONEC_*``."""

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import account, secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not a secret.
DEMO_USERNAME = "Платформа"
DEMO_PASSWORD = "onec-demonstration-password"


class OneCSettings(ProviderSettings):
    """1C knows us by one of its own users. Every call holds a session, and may hold a licence."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_ONEC_", extra="ignore")

    deadline: float = Field(
        default=90.0,
        gt=0,
        description="Seconds a call may take, all in all: 1C works for a minute and more.",
    )
    concurrency: int = Field(
        default=2,
        ge=1,
        description="Calls under way at once, per process: each is a session there.",
    )
    way: Literal["service", "odata", "fetched"] = Field(
        default="service",
        description="How 1C is told: `service`, through the HTTP service in its base; `odata`, through its "
        "standard interface, where no service may be put into the base; `fetched`, not at all: it fetches "
        "its messages, where it cannot be called.",
    )
    username: str = account("The user of the base that we are.", demo=DEMO_USERNAME)
    password: str = secret("The user's password.", demo=DEMO_PASSWORD)
    time_zone: str = Field(
        default="Europe/Moscow", description="The base's own zone: 1C writes times without one."
    )
    web_url: str = Field(
        default="",
        description="The base as browsers open it, `https://host/base`; empty: links open in 1C alone.",
    )
    session_seconds: float = Field(
        default=300.0,
        ge=0,
        description="Seconds for which a session of 1C is used again before it is given back. `0`: one "
        "for each call.",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_somewhere(cls, time_zone: str) -> str:
        ZoneInfo(time_zone)
        return time_zone

    @property
    def zone(self) -> ZoneInfo:
        """The base's own."""
        return ZoneInfo(self.time_zone)
