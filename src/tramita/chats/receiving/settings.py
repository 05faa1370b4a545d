"""Settings of how updates get here, read from ``TRAMITA_CHATS_*``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ReceivingSettings(BaseSettings):
    """Whether a messenger posts to us or is asked, and from when on it is said that it cannot."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_CHATS_", extra="ignore")

    polls: bool = Field(
        default=False,
        description="Ask messengers for updates, where nobody can post to this installation. "
        "One worker does; a webhook that is registered is removed.",
    )
    most_pending: int = Field(
        default=100,
        ge=1,
        description="Updates that wait at a messenger, from which on `tramita check chats` is bad.",
    )
