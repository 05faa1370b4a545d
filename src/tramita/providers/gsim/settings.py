"""Settings of GSIM, read from ``TRAMITA_GSIM_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# The demo's bearer token, known to the simulator. Not a secret.
DEMO_TOKEN = "gsim-demonstration"
# What the simulator signs its callbacks with. Not a secret either.
DEMO_CALLBACK_SECRET = "gsim-callbacks-demonstration"


class GSIMSettings(ProviderSettings):
    """GSIM knows us by a bearer token [assumed]."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_GSIM_", extra="ignore")

    token: str = secret("Bearer token.", demo=DEMO_TOKEN)
    callback_secret: str = secret("What GSIM signs its callbacks with.", demo=DEMO_CALLBACK_SECRET)
    ask_again: float = Field(
        default=30.0,
        description="Seconds to wait for GSIM's callback about a line before asking it.",
    )
    page_size: int = Field(
        default=100, ge=1, le=1000, description="Brands or models asked for at once."
    )
