"""What the dummy says besides our own words."""

from msgspec import Struct

from tramita.payments.ports import GivenBack, PaymentNews


class WireForm(Struct):
    """A form that was made, and the page of it."""

    token: str
    url: str


class WireFound(Struct):
    """What became of a payment; none: it was never made."""

    payment: PaymentNews | None


class WireAll(Struct):
    """Every payment of an instalment."""

    payments: list[PaymentNews]


class WireGivenBack(Struct):
    """How a payment was given back; none: it was not."""

    given_back: GivenBack | None


class WirePayment(Struct):
    """A debit that has an end."""

    payment: PaymentNews


class WireGiven(Struct):
    """Money that went back."""

    given_back: GivenBack


class WireForgotten(Struct):
    """A card is known no longer."""

    forgotten: bool


class WireError(Struct):
    """The dummy's no."""

    code: str
    message: str
