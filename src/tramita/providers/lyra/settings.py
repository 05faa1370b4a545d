"""Settings of Lyra, read from ``TRAMITA_LYRA_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import account, secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not secrets.
DEMO_USERNAME = "69876357"
DEMO_PASSWORD = "lyra-demonstration-password"
DEMO_PUBLIC_KEY = "69876357:testpublickey"


class LyraSettings(ProviderSettings):
    """Lyra knows us by the number of our shop and a password, by which it signs messages too."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_LYRA_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    username: str = account("The number of our shop.", demo=DEMO_USERNAME)
    password: str = secret(
        "The shop's password for the API, by which messages are signed too.", demo=DEMO_PASSWORD
    )
    public_key: str = account(
        "The shop's public key, which pages show Lyra's forms with.", demo=DEMO_PUBLIC_KEY
    )
    forms_url: str = Field(
        default="",
        description="Where pages get Lyra's forms from; empty: from Lyra's own address.",
    )
