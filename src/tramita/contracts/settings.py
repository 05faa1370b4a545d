"""Settings of the core, read from ``TRAMITA_CONTRACTS_*``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ContractSettings(BaseSettings):
    """What the core takes contracts for."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_CONTRACTS_", extra="ignore")

    plain_backends: str = Field(
        default="net",
        description="Backends without a plugin for which contracts may be made all the same, "
        "separated by commas: the core alone keeps them, and nothing runs them.",
    )
    law_years: int = Field(
        default=5,
        ge=0,
        description="Years for which it is kept whose a service was that ran, counted from the "
        "first day of the year after; 0: nothing is kept of whoever is erased.",
    )

    @property
    def plain(self) -> frozenset[str]:
        """The same, key by key."""
        return frozenset(one.strip() for one in self.plain_backends.split(",") if one.strip())
