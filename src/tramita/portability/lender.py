"""Who lends: settings read from ``TRAMITA_LENDER_*``, for the client's page.

A client who is asked to sign has to know who asks, and how to reach them.
"""

from pathlib import Path
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.runtime import Runtime
from tramita.portability.page.lender import Lender

LOGO_TYPES: Final = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
LARGEST_LOGO: Final = 256 * 1024
_FEWEST_DIGITS: Final = 8


class LenderSettings(BaseSettings):
    """Who lends, and how its clients reach it; shown on the client's page."""

    model_config = SettingsConfigDict(
        env_prefix="TRAMITA_LENDER_", extra="ignore", env_ignore_empty=True
    )

    name: str = Field(
        default="",
        max_length=60,
        description="The lender's name, as its clients know it. Empty: the page names nobody "
        "and says `quem enviou o link`.",
    )
    logo: Path | None = Field(
        default=None,
        description="A file with its logo (SVG, PNG, JPEG or WebP, 256 KiB at most), shown 32 "
        "pixels high before the name.",
    )
    color: str = Field(
        default="",
        pattern="^(#[0-9A-Fa-f]{6})?$",
        description="Its colour, `#rrggbb`, for buttons and links; darkened or lightened where "
        "it could not be read.",
    )
    phone: str = Field(default="", description="Telephone for clients, as it is written.")
    whatsapp: str = Field(default="", description="WhatsApp number for clients, with area code.")
    ombudsman: str = Field(default="", description="Telephone of the ombudsman (Ouvidoria).")

    @field_validator("phone", "whatsapp", "ombudsman")
    @classmethod
    def _has_digits(cls, number: str) -> str:
        if number and sum(one.isdigit() for one in number) < _FEWEST_DIGITS:
            raise ValueError(f"a telephone number has {_FEWEST_DIGITS} digits or more")
        return number

    @field_validator("logo")
    @classmethod
    def _is_a_picture(cls, logo: Path | None) -> Path | None:
        if logo is None:
            return None
        if logo.suffix.lower() not in LOGO_TYPES:
            raise ValueError(f"a logo is one of {', '.join(LOGO_TYPES)}")
        if not logo.is_file() or logo.stat().st_size > LARGEST_LOGO:
            raise ValueError(f"a logo is a file of {LARGEST_LOGO // 1024} KiB at most: {logo}")
        return logo

    @property
    def lender(self) -> Lender:
        """As the page names it."""
        return Lender(
            name=self.name,
            phone=self.phone,
            whatsapp=self.whatsapp,
            ombudsman=self.ombudsman,
            has_logo=self.logo is not None,
            has_color=bool(self.color),
        )


def lender_settings(runtime: Runtime) -> LenderSettings:
    """The lender's settings; in the demo, unless another is named, those of a bank that is none."""
    found = runtime.configured(LenderSettings)
    if found.name or not runtime.settings.is_demo:
        return found
    return DEMO_LENDER


DEMO_LENDER: Final = LenderSettings(
    name="Banco Exemplo",
    logo=Path(__file__).parent / "static" / "banco-exemplo.svg",
    color="#1d4f91",
    phone="0800 000 0000",
    whatsapp="(11) 90000-0000",
    ombudsman="0800 000 0001",
)
