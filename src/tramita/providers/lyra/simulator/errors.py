"""Every no of Lyra, in envelopes with HTTP 200; the codes are partly assumed."""

from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

INVALID: Final = Error(200, "INT_009", "invalid input data")
UNAUTHORIZED: Final = Error(200, "INT_905", "invalid credentials")
TRANSACTION_UNKNOWN: Final = Error(200, "PSP_010", "transaction not found")
TOKEN_UNKNOWN: Final = Error(200, "PSP_030", "token not found")
TOKEN_CANCELLED: Final = Error(200, "PSP_032", "token is cancelled")
AMOUNT_TOO_LARGE: Final = Error(200, "PSP_100", "the amount is above what is left to give back")
FORM_UNKNOWN: Final = Error(200, "PSP_108", "form token is unknown, used or expired")

INTERNAL: Final = Error(200, "INT_999", "internal error")

ERRORS: Final = ErrorTable(
    Error(500, "INT_999", "internal error"),
    internal=Error(500, "INT_999", "internal error"),
    by_kind={"not_accepted": INVALID, "token_unknown": TOKEN_UNKNOWN, "internal": INTERNAL},
)
