"""Settings of transfers, read from ``TRAMITA_TRANSFERS_*``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TransferSettings(BaseSettings):
    """How applications for payments abroad are dealt with."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_TRANSFERS_", extra="ignore")

    law_years: int = Field(
        default=5,
        ge=0,
        le=30,
        description="Years after the end of a payment for which the law wants to know who paid whom; "
        "0: none does.",
    )
    chat_language: str = Field(
        default="ru",
        pattern=r"^(en|ru)$",
        description="In which language chats are spoken to: `ru` or `en`.",
    )
    open_applications: int = Field(
        default=5000,
        ge=1,
        description="Applications of one tenant that may be under way at the same time.",
    )
    take_back_minutes: float = Field(
        default=10.0,
        gt=0,
        description="Minutes within which a client may take back that they have sent the money, as long as "
        "1C has said nothing of it; an agent may later, with a reason.",
    )
    takes_document_requests: bool = Field(
        default=True,
        description="Whether documents may be asked for from a chat; 1C sends its own in any case.",
    )
