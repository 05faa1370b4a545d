"""What is around every page of the console: who may see it, and who is signed in."""

from typing import Any, Final

from tramita.console.errors import ERROR_PAGES
from tramita.kit.accounts.model import Role
from tramita.kit.http.forms import CSRF_FIELD, AnyConnection, AnyRequest, runtime_of
from tramita.kit.languages.catalogs import OPERATORS
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import Words, words_in

# What routes of the console declare: every page is anybody's who is signed in.
PAGE: Final[dict[str, Any]] = {"console": Role.VIEWER.value, "page": ERROR_PAGES}
# On it operators act on what is under way, and admins change what is offered to whom.
ACT: Final[dict[str, Any]] = {"console": Role.OPERATOR.value}
KEEP: Final[dict[str, Any]] = {"console": Role.ADMIN.value}


def words_for(connection: AnyConnection) -> Words:
    """The words of whoever reads: those that their browser accepts, or else those of the house."""
    settings = runtime_of(connection).settings
    language = choose_language(
        None, connection.headers.get("accept-language"), settings.language, among=OPERATORS
    )
    return words_in(language, settings.time_zone)


def frame(request: AnyRequest) -> dict[str, Any]:
    """What every page shows of whoever is signed in, and whether they may act, or more."""
    role: Role = request.user.role
    return {
        "words": words_for(request),
        "may_act": role.includes(Role.OPERATOR),
        "may_keep": role.includes(Role.ADMIN),
        "signed_in": request.user,
        "time_zone": runtime_of(request).settings.time_zone,
        "csrf_field": CSRF_FIELD,
        "csrf_token": request.user.csrf_token,
    }
