"""Settings of the dummy, read from ``TRAMITA_DUMMYPAY_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not secrets.
DEMO_TOKEN = "dummypay-demonstration"
DEMO_SECRET = "dummypay-messages-demonstration"


class DummyPaySettings(ProviderSettings):
    """The dummy knows us by a bearer token, and signs its messages."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_DUMMYPAY_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    token: str = secret("Bearer token.", demo=DEMO_TOKEN)
    message_secret: str = secret("What its messages are signed with.", demo=DEMO_SECRET)
