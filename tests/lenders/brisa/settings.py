"""Settings of Brisa, read from ``TRAMITA_BRISA_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings


class BrisaSettings(ProviderSettings):
    """Brisa gives access tokens for an id and a secret, and posts under a password of ours."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_BRISA_", extra="ignore")

    client_id: str = Field(default="tramita", description="Our name at Brisa.")
    client_secret: str = secret("What we prove it with.", demo="brisa-demonstration")
    webhook_password: str = secret("What Brisa shows us.", demo="brisa-webhooks-demonstration")
    ask_again: float = Field(default=900.0, description="Seconds until a decision is asked for.")
