"""Settings of SMT, read from ``TRAMITA_SMT_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What both sides of the demo sign with. Not a secret.
DEMO_SECRET = "smt-demonstration"


class SMTSettings(ProviderSettings):
    """Without ``url`` nothing is called: a demo activates contracts at once, production refuses."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SMT_", extra="ignore")

    url: str = Field(
        default="",
        description="Base URL; empty: no SMT. Then a demo activates contracts at once, and "
        "production refuses them.",
    )
    secret: str = secret(
        "Shared secret: our bearer token, and the key SMT signs with.", demo=DEMO_SECRET
    )
    ask_again: float = Field(
        default=30.0, description="Seconds to wait for SMT's callback before asking it."
    )
