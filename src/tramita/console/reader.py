"""Who reads a page of the console: in which language, and in which time zone."""

from collections.abc import Mapping
from typing import Any, Final

from tramita.kit.accounts.model import Role
from tramita.kit.accounts.sessions import SignedIn
from tramita.kit.http.forms import CSRF_FIELD, AnyConnection, cookie_name, runtime_of
from tramita.kit.http.zones import ZONE_COOKIE, zone_of
from tramita.kit.languages.catalogs import OPERATORS
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import Words, to_translate, words_in

# The cookie of a language that was chosen before signing in.
LANGUAGE: Final = "language"
# Where a request's state holds how many things wait for a person.
NEEDS_ATTENTION: Final = "needs_attention"
# It is counted no further.
MOST_TOLD: Final = 1_000
ROLES: Final[Mapping[Role, str]] = {
    Role.VIEWER: to_translate("viewer"),
    Role.OPERATOR: to_translate("operator"),
    Role.ADMIN: to_translate("admin"),
}


def words_for(connection: AnyConnection) -> Words:
    """The words of whoever reads.

    Their account's language and zone, or else what they have chosen in this browser, what the
    browser says of itself, and what is usual in the house.
    """
    settings = runtime_of(connection).settings
    user = connection.scope.get("user")
    own = user.preferences if isinstance(user, SignedIn) else None
    language = choose_language(
        (own and own.language) or connection.cookies.get(cookie_name(connection, LANGUAGE)),
        connection.headers.get("accept-language"),
        settings.language,
        among=OPERATORS,
    )
    zone = (own and own.time_zone) or zone_of(connection, default=settings.time_zone)
    return words_in(language, zone)


def around(connection: AnyConnection) -> dict[str, Any]:
    """What a page shows of whoever reads it, signed in or not yet."""
    user = connection.scope.get("user")
    shown: dict[str, Any] = {"words": words_for(connection), "zone_cookie": ZONE_COOKIE}
    if isinstance(user, SignedIn):
        shown |= {
            "signed_in": user,
            # What came by a form is not asked for again by itself.
            "is_shown": connection.scope.get("method") == "GET",
            "role": ROLES[user.role],
            "needs_attention": connection.scope["state"].get(NEEDS_ATTENTION),
            "most_told": MOST_TOLD,
            "provider_names": runtime_of(connection).titles,
            "csrf_field": CSRF_FIELD,
            "csrf_token": user.csrf_token,
        }
    return shown
