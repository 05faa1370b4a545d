"""Settings of Lex Persona, read from ``TRAMITA_LEXPERSONA_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import account, secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not secrets.
DEMO_TOKEN = "lexpersona-demonstration"
DEMO_USER = "usr_demonstration"
DEMO_PROFILE = "sip_demonstration"
DEMO_PAGE = "cop_demonstration"


class LexPersonaSettings(ProviderSettings):
    """What Lex Persona gives to whoever has an account there."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_LEXPERSONA_", extra="ignore")

    deadline: float = Field(default=15.0, description="Seconds a call may take, all in all.")
    token: str = secret("Our bearer token.", demo=DEMO_TOKEN)
    session_user_id: str = account("The user there whose workflows ours are.", demo=DEMO_USER)
    profile_id: str = account("The profile by which documents are signed.", demo=DEMO_PROFILE)
    consent_page_id: str = account("The page on which people consent and sign.", demo=DEMO_PAGE)
    country: str = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="Country of those who sign, in two letters.",
    )
