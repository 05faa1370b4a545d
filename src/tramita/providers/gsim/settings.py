"""Settings of GSIM, read from ``TRAMITA_GSIM_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.errors import ConfigurationError
from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings

# The demo's bearer token, known to the simulator. Not a secret.
DEMO_TOKEN = "gsim-demonstration"


class TokenNotConfigured(ConfigurationError):
    """GSIM's token is missing: set TRAMITA_GSIM_TOKEN. Only the demo has one of its own."""


class GSIMSettings(ProviderSettings):
    """GSIM knows us by a bearer token [assumed]."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_GSIM_", extra="ignore")

    token: str = Field(default="", description="Bearer token. Empty: the demo's own.")
    page_size: int = Field(
        default=100, ge=1, le=1000, description="Brands or models asked for at once."
    )

    def read_token(self, platform: Settings) -> str:
        """The token; raises ``TokenNotConfigured`` in production without one."""
        if not self.token and not platform.is_demo:
            raise TokenNotConfigured
        return self.token or DEMO_TOKEN
