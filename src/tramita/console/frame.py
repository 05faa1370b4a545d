"""What is around every page of the console: who may see it, and who is signed in."""

from typing import Any, Final

from tramita.console.errors import ERROR_PAGES
from tramita.kit.http.forms import CSRF_FIELD, AnyRequest, runtime_of

# What the routes of operators' pages declare.
OPERATORS_PAGE: Final[dict[str, Any]] = {"console": "operator", "page": ERROR_PAGES}


def frame(request: AnyRequest) -> dict[str, Any]:
    """What every page shows of whoever is signed in."""
    return {
        "signed_in": request.user,
        "time_zone": runtime_of(request).settings.time_zone,
        "csrf_field": CSRF_FIELD,
        "csrf_token": request.user.csrf_token,
    }
