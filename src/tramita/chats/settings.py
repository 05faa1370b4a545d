"""Settings of chats, read from ``TRAMITA_CHATS_*``."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChatSettings(BaseSettings):
    """Which messenger it is, who is told of chats, how quickly we write, and what is kept."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_CHATS_", extra="ignore")

    provider: str = Field(default="telegram", description="The messenger whose bot is ours.")
    backend: str = Field(
        default="onec", description="The contract backend whose area the chats are about."
    )
    chat_seconds: float = Field(
        default=1.05, gt=0, description="Seconds between two messages of ours to one chat."
    )
    group_messages: int = Field(
        default=20, ge=2, description="Messages of ours that one group gets in `group_seconds`."
    )
    group_seconds: float = Field(default=61.0, gt=0, description="Seconds for that.")
    reserved_messages: int = Field(
        default=5,
        ge=0,
        description="Of these, how many no status card may use: they are left to documents and texts.",
    )
    bot_messages: int = Field(
        default=25, ge=1, description="Messages per second to all chats, of all processes together."
    )
    card_seconds: float = Field(
        default=3.0,
        ge=0,
        description="Seconds for which changes of a status card are gathered before it is edited.",
    )
    membership_seconds: float = Field(
        default=60.0,
        ge=0,
        description="Age of what we know of somebody's membership at which the messenger is asked anew.",
    )
    unbound_minutes: float = Field(
        default=15.0,
        gt=0,
        description="Minutes for which messages wait for their chat to be activated; then they are "
        "passed over.",
    )
    keep_messages_days: float = Field(
        default=1825.0,
        ge=30,
        description="Days for which messages, their revisions and files are kept; 1825 is five years.",
    )
    keep_sends_days: float = Field(
        default=365.0,
        ge=30,
        description="Days for which the content of what was sent is kept where it was sent; the "
        "message in the chat's history stays as long as the others.",
    )

    @property
    def unbound_for(self) -> timedelta:
        """How long messages wait for their chat."""
        return timedelta(minutes=self.unbound_minutes)
