"""Settings of GSIM, read from ``TRAMITA_GSIM_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import choose_credential
from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings

# The demo's bearer token, known to the simulator. Not a secret.
DEMO_TOKEN = "gsim-demonstration"
# What the simulator signs its callbacks with. Not a secret either.
DEMO_CALLBACK_SECRET = "gsim-callbacks-demonstration"


class GSIMSettings(ProviderSettings):
    """GSIM knows us by a bearer token [assumed]."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_GSIM_", extra="ignore")

    token: str = Field(default="", description="Bearer token. Empty: the demo's own.")
    callback_secret: str = Field(
        default="", description="What GSIM signs its callbacks with. Empty: the demo's own."
    )
    ask_again: float = Field(
        default=30.0,
        description="Seconds to wait for GSIM's callback about a line before asking it.",
    )
    page_size: int = Field(
        default=100, ge=1, le=1000, description="Brands or models asked for at once."
    )

    def read_token(self, platform: Settings) -> str:
        """The token; raises ``ConfigurationError`` in production without one of its own."""
        return choose_credential(
            self.token, demo=DEMO_TOKEN, variable="TRAMITA_GSIM_TOKEN", platform=platform
        )

    def read_callback_secret(self, platform: Settings) -> str:
        """The secret; raises ``ConfigurationError`` in production without one of its own."""
        return choose_credential(
            self.callback_secret,
            demo=DEMO_CALLBACK_SECRET,
            variable="TRAMITA_GSIM_CALLBACK_SECRET",
            platform=platform,
        )
