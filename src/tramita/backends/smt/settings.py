"""Settings of SMT, read from ``TRAMITA_SMT_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import choose_credential
from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings

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
    secret: str = Field(
        default="", description="Shared secret: our bearer token, and the key SMT signs with."
    )
    ask_again: float = Field(
        default=30.0, description="Seconds to wait for SMT's callback before asking it."
    )

    def read_secret(self, platform: Settings) -> str:
        """The secret; raises ``ConfigurationError`` in production without one of its own."""
        return choose_credential(
            self.secret, demo=DEMO_SECRET, variable="TRAMITA_SMT_SECRET", platform=platform
        )
