"""Settings of the back office's part, read from ``TRAMITA_OFFICE_*``."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from tramita.kit.addresses import Network, read_networks
from tramita.kit.credentials import account, secret
from tramita.kit.operations.asking import Patience

# What the demo's 1C knows. Not a secret.
DEMO_USERNAME = "onec"
DEMO_SECRET = "onec-callbacks-demonstration"


class OfficeSettings(Patience):
    """How patient we are with a back office, and how it is known when it calls."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_OFFICE_", extra="ignore")

    ask_after: float = Field(
        default=5.0,
        description="Seconds after an unknown outcome until the office is first asked.",
    )
    outage_wait: float = Field(
        default=86400.0,
        description="Seconds of outage after which an unknown outcome is handed to a person.",
    )
    grace: float = Field(
        default=180.0,
        ge=0,
        description="Seconds after which the office is believed when it says that it has no document of "
        "an application whose answer was lost: longer than it may work on one.",
    )
    look_hours: float = Field(
        default=6.0,
        gt=0,
        description="Hours after which it is looked anew whether an open application is still there.",
    )
    files_after: float = Field(
        default=10.0,
        ge=0,
        description="Seconds for which a file that is added to an application that the office has waits "
        "for others, so that it is told of all that come together at once.",
    )
    document_hours: float = Field(
        default=24.0,
        gt=0,
        description="Hours after which a document that was asked for, and of which nothing came, is not "
        "waited for any more.",
    )
    authentication: Literal["basic", "hmac"] = Field(
        default="basic",
        description="How the office proves who it is: `basic`, by user and password; `hmac`, by signing "
        "time, path and body of each request.",
    )
    username: str = account("As whom the office calls.", demo=DEMO_USERNAME)
    secret: str = secret("The password, or what requests are signed with.", demo=DEMO_SECRET)
    networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks that the office calls from, with commas between them. Empty: any.",
    )
    clock_minutes: float = Field(
        default=10.0,
        gt=0,
        description="Minutes by which the office's clock may differ, where requests are signed.",
    )

    keep_refused_days: float = Field(
        default=365.0,
        ge=30,
        description="Days for which a message of the office that was refused is kept as it came, for a "
        "person to look at and hear again.",
    )

    @field_validator("networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return read_networks(value) if isinstance(value, str) else value

    @property
    def believed_after(self) -> timedelta:
        """When there is nothing, as the office says."""
        return timedelta(seconds=self.grace)
