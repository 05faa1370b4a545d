"""The learners' error pages, in the reader's language: what happened, and where to go on."""

from typing import Any, Final

from litestar.response import Response
from litestar.types import ExceptionHandlersMap

from tramita.kit.http.error_pages import ErrorPages, Words
from tramita.kit.http.forms import AnyRequest, FormNotOurs
from tramita.kit.languages.words import to_translate
from tramita.orders.pages.access import EntranceNeeded, presented_session
from tramita.orders.pages.frame import frame, page

ERROR_PAGES: Final = ErrorPages(
    "learn/error.html",
    refused=Words(
        to_translate("This cannot be done"),
        to_translate("Go back, open the page again, and try once more."),
    ),
    failed=Words(
        to_translate("Something went wrong on our side"),
        to_translate("We know of it. Please try again in a few minutes."),
    ),
    by_status={
        404: Words(
            to_translate("There is no such page"),
            to_translate("It may have been mistyped, or it belongs to somebody else."),
        ),
        409: Words(
            to_translate("Something changed at the same moment"),
            to_translate("Open the page again: it shows how things stand now."),
        ),
        429: Words(to_translate("Too much at once"), to_translate("Wait a moment and try again.")),
        503: Words(
            to_translate("We cannot answer just now"),
            to_translate("Please try again in a few minutes. Nothing of yours is lost."),
        ),
    },
    comfort=to_translate("Nothing was debited because of this."),
    has_forms=True,
    around=frame,
)
# What the routes of learners' own pages declare.
LEARNERS: Final[dict[str, Any]] = {"learner": True, "page": ERROR_PAGES}
_NOT_OURS: Final = Words(
    to_translate("Nothing was done"),
    to_translate("The form was too old. Open the page again and try once more."),
)


def on_foreign_form(request: AnyRequest, _error: FormNotOurs) -> Response[Any]:
    """A form of another site, another session or another day."""
    request_id = str(request.state.get("request_id", ""))
    return ERROR_PAGES.show(403, request_id=request_id, words=_NOT_OURS, around=frame(request))


def on_nobody(request: AnyRequest, _error: EntranceNeeded) -> Response[Any]:
    """Who has not come in, or has been here too long, is told how to come in."""
    has_ended = presented_session(request) is not None
    return page(request, "outside", status=401, has_ended=has_ended)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    EntranceNeeded: on_nobody,
    FormNotOurs: on_foreign_form,
}
