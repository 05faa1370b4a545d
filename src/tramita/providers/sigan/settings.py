"""Settings of Sigan, read from ``TRAMITA_SIGAN_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.errors import ConfigurationError
from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings

# What the demo's simulator knows. Not a secret.
DEMO_TOKEN = "sigan-demonstration"


class TokenNotConfigured(ConfigurationError):
    """Sigan's token is missing: set {variable}. Only the demo has one of its own."""


class SiganSettings(ProviderSettings):
    """Sigan answers in seconds; a person waits for it, hence the short deadline."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SIGAN_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    token: str = Field(default="", description="Our bearer token. Empty: the demo's own.")

    def read_token(self, platform: Settings) -> str:
        """Our token; raises ``TokenNotConfigured`` in production without one."""
        if self.token:
            return self.token
        if not platform.is_demo:
            raise TokenNotConfigured(variable="TRAMITA_SIGAN_TOKEN")
        return DEMO_TOKEN
