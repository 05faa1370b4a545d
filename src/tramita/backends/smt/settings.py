"""Settings of SMT, read from ``TRAMITA_SMT_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings

# What both sides of the demo sign with. Not a secret.
DEMO_SECRET = "smt-demonstration"


class SecretNotConfigured(RuntimeError):
    """SMT's secret is missing: set TRAMITA_SMT_SECRET."""


class SMTSettings(ProviderSettings):
    """Without ``url`` nothing is called, and contracts are activated at once."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SMT_", extra="ignore")

    url: str = Field(
        default="", description="Base URL; empty: no SMT, contracts are activated at once."
    )
    secret: str = Field(
        default="", description="Shared secret: our bearer token, and the key SMT signs with."
    )
    ask_again: float = Field(
        default=30.0, description="Seconds to wait for SMT's callback before asking it."
    )

    def read_secret(self, platform: Settings) -> str:
        """The secret; raises ``SecretNotConfigured`` in production without one."""
        if self.secret:
            return self.secret
        if not platform.is_demo:
            raise SecretNotConfigured
        return DEMO_SECRET
