"""Settings of numbering, read from ``TRAMITA_NUMBERING_*``."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.operations.asking import Patience
from tramita.kit.runtime import Runtime


class NumberingSettings(Patience):
    """How long numbers are held, and how patient numbering is with its provider."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_NUMBERING_", extra="ignore")

    preview_minutes: float = Field(
        default=15.0,
        description="Minutes a preview may be chosen from; the provider is asked to hold its "
        "numbers for one minute more.",
    )
    min_remaining: float = Field(
        default=5.0,
        description="Seconds that a preview must have left for one of its numbers to be reserved.",
    )
    least_numbers: int = Field(
        default=3,
        ge=1,
        le=3,
        description="With fewer numbers than this from the provider there is no preview.",
    )
    random_hold: float = Field(
        default=120.0,
        description="Seconds for which the provider is asked to hold the number of a random "
        "reservation until it is reserved.",
    )
    reserved_minutes: float = Field(
        default=1440.0,
        description="Minutes after which a reserved number that nobody assigned is given back.",
    )
    quarantine_days: float = Field(
        default=90.0, description="Days a number that was in use rests before it is given back."
    )
    hold_grace: float = Field(
        default=60.0,
        description="Seconds past the end of a hold after which the provider is believed when it "
        "says that nothing came of a request.",
    )
    outage_wait: float = Field(
        default=14400.0,
        description="Seconds of outage, past the end of the hold, after which an unknown "
        "reservation is handed to a person.",
    )
    line_grace: float = Field(
        default=60.0,
        description="Seconds after which the operator is believed when it says that it has not "
        "seen a line's activation.",
    )
    keep_previews_days: float = Field(
        default=90.0,
        ge=1,
        description="Days a preview of which no number was reserved is kept, with its operations.",
    )
    sweep_batch: int = Field(
        default=500, ge=1, description="Numbers given back in one transaction of a sweep."
    )
    sweep_rate: int = Field(
        default=2000, ge=1, description="Numbers given back at most in one run of a sweep."
    )


def first_pause(runtime: Runtime) -> timedelta:
    """Until numbering's first question; each further pause is twice as long, up to a minute."""
    return runtime.configured(NumberingSettings).first_pause
