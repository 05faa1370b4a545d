"""Settings of Kanal, read from ``TRAMITA_KANAL_*``."""

from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings


class KanalSettings(ProviderSettings):
    """Kanal knows us by a token, with which it signs what it tells us, too."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_KANAL_", extra="ignore")

    token: str = secret("Our token.", demo="kanal-demonstration")
