"""How errors of this API are told: with a sentence for people, and what to do about each field."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request

from tramita.kit.errors import InvalidError, TramitaError
from tramita.kit.http.forms import runtime_of
from tramita.kit.languages.words import Words
from tramita.transfers.errors import InvalidTransition
from tramita.transfers.webapp.languages import words_for
from tramita.transfers.webapp.refusals import hint_of, message_of

# What the framework and the kit call by other names than this API's seed.
_CODES: Final[Mapping[str, str]] = {
    "invalid_request": "validation_failed",
    "unauthorized": "session_expired",
    "body_too_large": "too_large",
    "file_too_large": "too_large",
    "unsupported_media_type": "type_not_allowed",
}


def tell(
    request: Request[Any, Any, Any], body: Mapping[str, Any], error: TramitaError | None
) -> Mapping[str, Any]:
    """A problem with this API's code, ``message``, ``details``, and where it may go instead."""
    words = words_of(request)
    code = _CODES.get(body["code"], body["code"])
    told = {
        **body,
        "code": code,
        "type": f"urn:tramita:problem:{code}",
        "message": message_of(code, body["detail"], words),
        "details": [
            {"path": one.path, "code": one.code, "hint": hint_of(one, words)}
            for one in (error.errors if isinstance(error, InvalidError) else ())
        ],
    }
    if isinstance(error, InvalidTransition):
        told |= {"from": error.from_, "to": error.to, "allowed": error.allowed}
    return told


def words_of(request: Request[Any, Any, Any]) -> Words:
    """The words of whoever asks, by what their program accepts."""
    settings = runtime_of(request).settings
    accepted = request.headers.get("accept-language")
    return words_for(None, accepted, settings.language, settings.time_zone)
