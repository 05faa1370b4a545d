"""What is around every page of the console: who may see it, and who is signed in."""

from typing import Any, Final

from tramita.console.errors import ERROR_PAGES
from tramita.console.reader import around
from tramita.kit.accounts.model import Role
from tramita.kit.http.forms import AnyRequest

# What routes of the console declare: every page is anybody's who is signed in.
PAGE: Final[dict[str, Any]] = {"console": Role.VIEWER.value, "page": ERROR_PAGES}
# On it operators act on what is under way, and admins change what is offered to whom.
ACT: Final[dict[str, Any]] = {"console": Role.OPERATOR.value}
KEEP: Final[dict[str, Any]] = {"console": Role.ADMIN.value}


def frame(request: AnyRequest) -> dict[str, Any]:
    """What every page shows of whoever is signed in, and whether they may act, or more."""
    role: Role = request.user.role
    return {
        **around(request),
        "may_act": role.includes(Role.OPERATOR),
        "may_keep": role.includes(Role.ADMIN),
    }
