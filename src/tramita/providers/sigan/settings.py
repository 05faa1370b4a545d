"""Settings of Sigan, read from ``TRAMITA_SIGAN_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not a secret.
DEMO_TOKEN = "sigan-demonstration"


class SiganSettings(ProviderSettings):
    """Sigan answers in seconds; a person waits for it, hence the short deadline."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SIGAN_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    token: str = secret("Our bearer token.", demo=DEMO_TOKEN)
