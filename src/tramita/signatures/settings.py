"""Settings of signatures, read from ``TRAMITA_SIGNATURE_*``."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.operations.asking import Patience


class SignatureSettings(Patience):
    """Who has contracts signed, for how long, and how fresh our knowledge of it is."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SIGNATURE_", extra="ignore")

    provider: str = Field(
        default="lexpersona",
        description="The signing service of procedures begun from then on; what is under way stays "
        "where it is.",
    )
    valid_days: float = Field(
        default=99.0, gt=0, le=99, description="Days in which a contract may be signed."
    )
    stale_seconds: float = Field(
        default=15.0,
        ge=0,
        description="Age of what we know of a procedure at which a reader has it asked for anew.",
    )
    poll_hours: float = Field(
        default=24.0,
        gt=0,
        description="Hours after which a procedure is asked about although nobody reads of it.",
    )
    link_seconds: float = Field(
        default=10.0,
        ge=0,
        description="Seconds that whoever wants to sign waits for the service to have the document.",
    )
    submit_grace: float = Field(
        default=60.0,
        description="Seconds after which the service is believed when it says that it has not got "
        "what we sent.",
    )

    lost_after: float = Field(
        default=3600.0,
        gt=0,
        description="Seconds for which the service has to go on saying that it has no such "
        "procedure before it is believed, and the procedure ends.",
    )

    keep_unsigned_days: float = Field(
        default=180.0,
        ge=30,
        description="Days for which the text is kept of a contract that its student did not sign.",
    )

    @property
    def valid_for(self) -> timedelta:
        """How long a contract may be signed."""
        return timedelta(days=self.valid_days)

    @property
    def lost_for(self) -> timedelta:
        """How long a procedure has to be unknown there before it is taken for lost."""
        return timedelta(seconds=self.lost_after)

    @property
    def stale_after(self) -> timedelta:
        """From when on what we know is asked for anew."""
        return timedelta(seconds=self.stale_seconds)
