"""Settings of portability, read from ``TRAMITA_PORTABILITY_*``."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.operations.asking import Patience
from tramita.portability.provider import PROVIDER


class Signing(StrEnum):
    """How a client signs the contracts of an envelope."""

    CONTRACT = "contract"
    GROUP = "group"


class PortabilitySettings(Patience):
    """How patient portability is with its provider."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_PORTABILITY_", extra="ignore")

    provider: str = Field(
        default=PROVIDER,
        description="The provider that portabilities go to unless their envelope names another. "
        "Counts for envelopes made from then on; what is under way stays where it is.",
    )
    signing: Signing = Field(
        default=Signing.CONTRACT,
        description="`contract`: each contract has a link of its own; `group`: one link signs all "
        "contracts of an envelope, where its provider has such links. Counts for links requested from then on.",
    )
    not_found_for: float = Field(
        default=120.0,
        description="Seconds a provider must go on saying that there is no proposal before it is "
        "believed and the proposal is sent again.",
    )
    webhook_wait: float = Field(
        default=300.0,
        description="Seconds to wait for a webhook where the provider cannot be asked.",
    )
    message_pause: float = Field(
        default=3.0,
        gt=0,
        description="Seconds until a message about a proposal that is not known yet is tried again "
        "for the first time, and until its provider is asked about it; each further pause is twice "
        "as long.",
    )
    message_wait: float = Field(
        default=14400.0,
        description="Seconds after which a message that fits no contract of ours is put aside.",
    )
    keep_events_days: float = Field(
        default=365.0,
        ge=60,
        description="Days that what a lender said about a proposal is kept. Of a portability that "
        "is not over it always is.",
    )
    poll_spread: float = Field(
        default=60.0,
        description="Seconds over which a full batch of questions to the provider is spread.",
    )
    link_days: int = Field(
        default=90,
        ge=0,
        description="Days that a client's link goes on working after the time of its envelope is "
        "over. Then it shows that it has ended, and whoever finds it learns nothing.",
    )
    law_years: int = Field(
        default=10,
        ge=0,
        description="Years for which it is kept who took a loan that was paid, counted from the "
        "first day of the year after; 0: nothing is kept of whoever is erased.",
    )
