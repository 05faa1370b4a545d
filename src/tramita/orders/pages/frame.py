"""What is around every page of learners: their language and time zone, their forms, their name."""

from typing import Any

from litestar.response import Template

from tramita.kit.http.forms import CSRF_FIELD, AnyConnection, AnyRequest, runtime_of
from tramita.kit.http.zones import ZONE_COOKIE, zone_of
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import Words, words_in
from tramita.orders.sessions import Visitor
from tramita.payments.settings import PaymentSettings


def words_for(connection: AnyConnection) -> Words:
    """The words of whoever reads: their own language, or else what their browser accepts."""
    visitor = connection.scope.get("user")
    language = choose_language(
        visitor.user.language if isinstance(visitor, Visitor) else None,
        connection.headers.get("accept-language"),
    )
    here = runtime_of(connection).configured(PaymentSettings).time_zone
    return words_in(language, zone_of(connection, default=here))


def frame(connection: AnyConnection) -> dict[str, Any]:
    """What every page shows."""
    visitor = connection.scope.get("user")
    if not isinstance(visitor, Visitor):
        visitor = None
    return {
        "words": words_for(connection),
        "visitor": visitor,
        "csrf_field": CSRF_FIELD,
        "csrf_token": visitor and visitor.csrf_token,
        "zone_cookie": ZONE_COOKIE,
        "is_demo": runtime_of(connection).settings.is_demo,
    }


def page(request: AnyRequest, name: str, *, status: int = 200, **shown: Any) -> Template:
    """A page of learners."""
    return Template(f"learn/{name}.html", status_code=status, context=frame(request) | shown)
