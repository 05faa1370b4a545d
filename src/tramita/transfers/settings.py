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
    take_back_minutes: int = Field(
        default=10,
        ge=0,
        le=24 * 60,
        description="Minutes in which a client may take back that they have sent the payment.",
    )
