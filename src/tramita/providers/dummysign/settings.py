"""Settings of the dummy signing service, read from ``TRAMITA_DUMMYSIGN_*``."""

from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not a secret.
DEMO_TOKEN = "dummysign-demonstration"


class DummySignSettings(ProviderSettings):
    """Where the dummy is; in production there is none."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_DUMMYSIGN_", extra="ignore")

    token: str = secret("Our bearer token.", demo=DEMO_TOKEN)
