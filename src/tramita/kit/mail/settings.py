"""Where e-mails go out, and whom they come from."""

from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.addresses import is_loopback


class Security(StrEnum):
    """How the line to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailSettings(BaseSettings):
    """The mail server that takes what we send."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_MAIL_", extra="ignore")

    host: str = Field(
        default="",
        description="The mail server. Empty: in the demo the simulated one; in production e-mails "
        "wait, and fail in the end.",
    )
    port: int = Field(
        default=0, ge=0, le=65535, description="Its port; 0: 465 for `tls`, else 587."
    )
    security: Security = Field(
        default=Security.STARTTLS,
        description="`starttls`, `tls` from the first byte on, or `none`, for this machine only.",
    )
    user: str = Field(default="", description="Whom we sign in as there; empty: nobody.")
    password: str = Field(default="", description="With which password.", repr=False)
    sender: str = Field(
        default="Tramita <no-reply@tramita.example>",
        description="Whom e-mails come from, `Campus <no-reply@campus.example>`. Needed with a host.",
    )
    reply_to: str = Field(default="", description="Who gets the answers; empty: the sender.")
    brand: str = Field(
        default="Tramita",
        min_length=1,
        max_length=60,
        description="What your readers know you as: subjects begin with it.",
    )
    deadline: float = Field(
        default=60.0,
        ge=1,
        le=600,
        description="Seconds that handing one e-mail over may take, all in all.",
    )

    @field_validator("sender")
    @classmethod
    def _is_somebody(cls, written: str) -> str:
        read_address(written)
        return written

    @field_validator("reply_to")
    @classmethod
    def _is_somebody_if_any(cls, written: str) -> str:
        return cls._is_somebody(written) if written else written

    @model_validator(mode="after")
    def _fits_together(self) -> "MailSettings":
        if self.host and "sender" not in self.model_fields_set:
            raise ValueError("e-mails come from somebody: set TRAMITA_MAIL_SENDER")
        if self.host and self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(
                "without TLS only a mail server on this machine may be used: what is written to "
                "people, and the password, would go in clear (TRAMITA_MAIL_SECURITY)"
            )
        return self

    @property
    def usual_port(self) -> int:
        """The port, or the one that is usual."""
        return self.port or (465 if self.security is Security.TLS else 587)


def read_address(written: str) -> Address:
    """``Ana <ana@campus.example>`` or the bare address; raises ``ValueError``."""
    name, bare = parseaddr(written)
    user, at, domain = bare.rpartition("@")
    if not (user and at and domain) or "\n" in written or "\r" in written:
        raise ValueError("somebody is written as in Campus <no-reply@campus.example>")
    return Address(name, user, domain)
