"""Settings of Lex Persona, read from ``TRAMITA_LEXPERSONA_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not a secret.
DEMO_TOKEN = "lexpersona-demonstration"


class LexPersonaSettings(ProviderSettings):
    """What Lex Persona gives to whoever has an account there."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_LEXPERSONA_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    token: str = secret("Our bearer token.", demo=DEMO_TOKEN)
    session_user_id: str = Field(
        default="usr_demonstration", description="The user there whose workflows ours are."
    )
    profile_id: str = Field(
        default="sip_demonstration", description="The profile by which documents are signed."
    )
    consent_page_id: str = Field(
        default="cop_demonstration", description="The page on which people consent and sign."
    )
    country: str = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="Country of those who sign, in two letters.",
    )
