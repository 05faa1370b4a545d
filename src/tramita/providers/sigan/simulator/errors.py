"""Every no of this simulated Sigan; all of it is assumed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

INVALID_REQUEST: Final = Error(400, "INVALID_REQUEST", "The request is not understood.")
UNAUTHORIZED: Final = Error(401, "UNAUTHORIZED", "The token is not valid, or not any more.")
NO_SUCH_RESOURCE: Final = Error(404, "NOT_FOUND", "There is no such resource.")
REQUEST_UNKNOWN: Final = Error(404, "REQUEST_UNKNOWN", "This request was never seen.")
TOO_MANY_REQUESTS: Final = Error(429, "TOO_MANY_REQUESTS", "Too many requests in one second.")
QUOTA_SPENT: Final = replace(TOO_MANY_REQUESTS, headers={"retry-after": "1"})

INVALID_DDD: Final = Error(422, "INVALID_DDD", "There is no such area code.")
STOCK_UNKNOWN: Final = Error(404, "INVALID_DDD", "There is no such area code.")
INVALID_BRAND: Final = Error(422, "INVALID_BRAND", "There is no such brand.")
INSUFFICIENT_STOCK: Final = Error(
    409, "INSUFFICIENT_STOCK", "There are too few free numbers in this area code."
)
PREVIOUS_NOT_FOUND: Final = Error(
    404, "PREVIOUS_NOT_FOUND", "There is no such previous pre-reservation."
)
PREVIOUS_CONSUMED: Final = Error(
    409, "PREVIOUS_CONSUMED", "A number of the previous pre-reservation was reserved."
)

HOLD_NOT_FOUND: Final = Error(404, "HOLD_NOT_FOUND", "There is no such pre-reservation.")
HOLD_EXPIRED: Final = Error(410, "HOLD_EXPIRED", "The pre-reservation has ended.")
HOLD_CONSUMED: Final = Error(
    409, "HOLD_CONSUMED", "A number of this pre-reservation was reserved already."
)
# The word that giving a consumed hold back is answered with.
CONSUMED: Final = Error(409, "CONSUMED", "A number of this pre-reservation was reserved.")
NUMBER_TAKEN: Final = Error(409, "NUMBER_TAKEN", "The number is not held by it any more.")
NUMBER_NOT_IN_HOLD: Final = Error(
    422, "NUMBER_NOT_IN_HOLD", "The number is not one of this pre-reservation."
)
RESERVATION_NOT_FOUND: Final = Error(404, "RESERVATION_NOT_FOUND", "There is no such reservation.")
ACTIVE: Final = Error(409, "ACTIVE", "The number is in use.")
INTERNAL: Final = Error(500, "INTERNAL_ERROR", "Something went wrong.")

# What a fault may have Sigan say without meaning it, by code.
BY_CODE: Final[Mapping[str, Error]] = {
    error.code: error
    for error in (
        *(INVALID_DDD, INVALID_BRAND, INSUFFICIENT_STOCK, PREVIOUS_NOT_FOUND, PREVIOUS_CONSUMED),
        *(HOLD_NOT_FOUND, HOLD_EXPIRED, HOLD_CONSUMED, CONSUMED, NUMBER_TAKEN, NUMBER_NOT_IN_HOLD),
        *(RESERVATION_NOT_FOUND, ACTIVE, REQUEST_UNKNOWN),
    )
}
# Faults that have Sigan refuse what it could do.
REFUSALS: Final[Mapping[str, Error]] = {
    "insufficient_stock": INSUFFICIENT_STOCK,
    "number_taken": NUMBER_TAKEN,
    "hold_expired": HOLD_EXPIRED,
    "token_expired": UNAUTHORIZED,
}
ERRORS: Final = ErrorTable(
    *(INVALID_REQUEST, UNAUTHORIZED, NO_SUCH_RESOURCE, TOO_MANY_REQUESTS),
    by_kind=REFUSALS,
    internal=INTERNAL,
)
