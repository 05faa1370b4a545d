"""Settings of the Mini App, read from ``TRAMITA_WEBAPP_*``."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class WebAppSettings(BaseSettings):
    """Where the Mini App may be shown, and what its readers agree to."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_WEBAPP_", extra="ignore")

    script: str = Field(
        default="https://telegram.org/js/telegram-web-app.js",
        pattern=r"^$|^https://[^\s;,'\"]+$",
        description="Telegram's own script, loaded in production; the pages work without it too. "
        "Empty: it is never loaded.",
    )
    framed_by: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(
            "https://web.telegram.org",
            "https://webk.telegram.org",
            "https://webz.telegram.org",
        ),
        description="Origins of pages that may show the Mini App in a frame, with commas between them; "
        "in the demo, pages of this machine may too.",
    )
    rules_version: str = Field(
        default="1",
        pattern=r"^[A-Za-z0-9._-]{1,40}$",
        description="The version of the rules that an applicant accepts now.",
    )
    rules_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^\s\"]+$",
        description="Where these rules can be read. Empty: nowhere.",
    )

    @field_validator("framed_by", mode="before")
    @classmethod
    def _are_listed(cls, origins: object) -> object:
        if not isinstance(origins, str):
            return origins
        return [one.strip() for one in origins.split(",") if one.strip()]

    @field_validator("framed_by")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if any(";" in one or " " in one or not one.startswith("https://") for one in origins):
            raise ValueError(
                "origins are given as https://web.telegram.org, with commas between them"
            )
        return origins
