"""A lender's limits. Caps change by decree, so they are dated, never constants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Caps:
    """The legal maxima for loans on INSS benefits from a day on."""

    valid_from: date
    monthly_interest_rate: Decimal
    installments: int


# The INSS council's figures of 2025: 1.85 % a month, 96 months. The next decree is
# one more line here.
INSS_CAPS: Final = (Caps(date(2025, 1, 1), Decimal("0.0185"), 96),)


# Whatever a lender says: larger bodies are refused before anybody looks at them.
LARGEST_PICTURE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What identity pictures a lender takes: pixels of the shorter side, and bytes."""

    least_pixels: int = 250
    most_bytes: int = LARGEST_PICTURE
    media_types: frozenset[str] = frozenset({"image/jpeg"})

    @classmethod
    def strictest(cls, limits: Iterable["PictureLimits"]) -> "PictureLimits":
        """What every one of several lenders takes."""
        kept = list(limits) or [cls()]
        return cls(
            max(one.least_pixels for one in kept),
            min(one.most_bytes for one in kept),
            frozenset.intersection(*(one.media_types for one in kept)),
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """A lender's limits and tolerances; rates are monthly fractions, amounts BRL.

    What is written here is the law's, or what the house goes by where a lender says nothing.
    ``own_ispb`` is the lender's own, from which no loan is moved to it. ``participants`` maps the
    ISPB of every bank of the clearing house to its name; None when the list is not known, and
    then no bank is refused for it.
    """

    caps: tuple[Caps, ...] = INSS_CAPS
    rate_tolerance: Decimal = Decimal("0.000001")
    annual_rate_tolerance: Decimal = Decimal("0.0001")
    # A CET is published as a percentage with two decimals, which may be rounded down.
    cet_tolerance: Decimal = Decimal("0.0001")
    balance_tolerance: Decimal = Decimal("1.00")
    balance_tolerance_fraction: Decimal = Decimal("0.005")
    present_value_tolerance_fraction: Decimal = Decimal("0.005")
    smallest_installment: Decimal = Decimal("10.00")
    smallest_change: Decimal = Decimal("0.01")
    smallest_change_fraction: Decimal = Decimal("0.05")
    days_to_disburse: int = 7
    smallest_age: int = 18
    largest_age_at_end: int = 85
    # BPC/LOAS benefits with active contracts are reported unable to be ported.
    refused_species: frozenset[int] = frozenset({87, 88})
    needs_margin_query: bool = False
    margin_query_days: int = 30
    pictures: PictureLimits = PictureLimits()
    own_ispb: str | None = None
    participants: Mapping[str, str] | None = None

    def caps_on(self, day: date) -> Caps:
        """The caps in force on ``day``; before the first ones, the first ones."""
        ordered = sorted(self.caps, key=lambda caps: caps.valid_from)
        return next((caps for caps in reversed(ordered) if caps.valid_from <= day), ordered[0])
