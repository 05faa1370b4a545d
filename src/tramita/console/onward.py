"""Where somebody goes after signing in: a page of the console, and no other."""

import re
from typing import Annotated, Final

from litestar.params import QueryParameter

from tramita.console.errors import LOGIN

HOME: Final = "/console"
LOGOUT: Final = "/console/logout"
# Steps of signing in, and pages that somebody is sent to who is not.
_ELSEWHERE: Final = (LOGIN, LOGOUT, "/console/second-step", "/console/welcome")
# Pages of the console, and no other: no host, no backslash, nothing that is not visible.
_OURS: Final = re.compile(r"/console(?:[/?][!-\[\]-~]*)?")

Onward = Annotated[str | None, QueryParameter(name="next", max_length=2000)]


def local_path(onward: str | None) -> str:
    """Where to go after signing in: a page of the console, whatever the address asked for."""
    if not onward or not _OURS.fullmatch(onward) or onward.startswith(_ELSEWHERE):
        return HOME
    # A browser goes up at "..", also where its dots are written as %2e.
    steps = onward.partition("?")[0].lower().replace("%2e", ".").split("/")
    return HOME if {".", ".."} & set(steps) else onward
