"""Every no of GSIM; all of it is assumed."""

from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

BAD_REQUEST: Final = Error(400, "BAD_REQUEST", "The request is not what is asked for.")
UNAUTHORIZED: Final = Error(401, "UNAUTHORIZED", "The token is not known.")
TOKEN_EXPIRED: Final = Error(401, "TOKEN_EXPIRED", "The token has expired.")
NOT_FOUND: Final = Error(404, "NOT_FOUND", "There is no such resource.")
BRAND_NOT_FOUND: Final = Error(404, "BRAND_NOT_FOUND", "There is no such brand.")
REQUEST_NOT_FOUND: Final = Error(404, "REQUEST_NOT_FOUND", "No such request was ever seen.")
SIM_NOT_FOUND: Final = Error(404, "SIM_NOT_FOUND", "There is no such SIM card.")
UNKNOWN_MODEL: Final = Error(404, "UNKNOWN_MODEL", "No such model is listed.")
SIM_IN_USE: Final = Error(409, "SIM_IN_USE", "The SIM card is in use.")
NUMBER_NOT_RESERVED: Final = Error(409, "NUMBER_NOT_RESERVED", "The number is not reserved.")
BAD_MSISDN: Final = Error(
    422, "BAD_MSISDN", "The number is not 55, an area code, 9 and eight more."
)
BAD_CALLBACK_URL: Final = Error(
    422, "BAD_CALLBACK_URL", "A simulator calls back to http addresses of this machine only."
)
BAD_IMEI: Final = Error(422, "BAD_IMEI", "The IMEI is not one.")
BAD_EID: Final = Error(422, "BAD_EID", "The EID is not one.")

ERRORS: Final = ErrorTable(
    BAD_REQUEST,
    UNAUTHORIZED,
    NOT_FOUND,
    Error(429, "TOO_MANY_REQUESTS", "Too many requests."),
    Error(500, "INTERNAL_ERROR", "Something went wrong."),
    Error(502, "BAD_GATEWAY", "Something went wrong on the way."),
    Error(503, "UNAVAILABLE", "GSIM is not available."),
    by_kind={"business_error_200": SIM_IN_USE, "token_expired": TOKEN_EXPIRED},
)
