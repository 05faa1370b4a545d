"""What is asked of whoever signs in to the console."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.accounts.model import Role


class Demand(StrEnum):
    """Of whom a second factor is asked; of single accounts an admin may ask for it besides."""

    NOBODY = "nobody"
    ADMINS = "admins"
    EVERYBODY = "everybody"

    def includes(self, role: Role) -> bool:
        """Whether it is asked of whoever has this role."""
        return self is Demand.EVERYBODY or (self is Demand.ADMINS and role is Role.ADMIN)


class AccountSettings(BaseSettings):
    """How people are let into the console."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_ACCOUNTS_", extra="ignore")

    second_factor: Demand = Field(
        default=Demand.NOBODY,
        description="Of whom the console asks a code of an authenticator app besides the password: "
        "`nobody`, `admins` or `everybody`. Whoever has none yet sets one up as they sign in. "
        "Anybody may have one, and an admin may ask it of single accounts, whatever this says.",
    )
