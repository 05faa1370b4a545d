"""What this simulated Sigan is asked for; names in camel case, spans in whole seconds."""

from typing import Annotated

import msgspec

ShortText = Annotated[str, msgspec.Meta(max_length=100)]


class PreReservation(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of ``POST /pre-reservations``."""

    ddd: ShortText
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10)]
    brand_id: ShortText
    hold_seconds: Annotated[int, msgspec.Meta(ge=30, le=7200)]
    previous_external_id: ShortText | None = None


class WantedReservation(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of ``POST /pre-reservations/{externalId}/reservations``."""

    msisdn: ShortText
