"""``/console/me``: how whoever is signed in wants to be spoken to."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from litestar import Controller, Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.frame import PAGE, frame
from tramita.console.reader import LANGUAGE
from tramita.kit.accounts.preferences import Preferences, keep_preferences
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest, make_cookie
from tramita.kit.http.zones import find_zone
from tramita.kit.languages.catalogs import LANGUAGES, OPERATORS
from tramita.kit.languages.words import to_translate

_ADDRESS: Final = "/console/me"
_NO_LANGUAGE: Final = to_translate("Choose one of the languages.")
_NO_ZONE: Final = to_translate("There is no time zone of this name. Choose one from the list.")


class MyPages(Controller):
    """The settings of one's own account."""

    path = "/me"
    include_in_schema = False
    opt = PAGE

    @get()
    async def show(
        self, request: Request[Any, Any, Any], done: FromQuery[bool] = False
    ) -> Template:
        """How it is now."""
        return _page(request, request.user.preferences, done=done)

    @post(status_code=303)
    async def keep(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """How it is to be from now on; what is chosen here holds in every browser."""
        form = await request.form()
        language, zone = (str(form.get(name, "")).strip() for name in ("language", "time_zone"))
        own = Preferences(language or None, zone or None, single_keys="single_keys" in form)
        if language and language not in OPERATORS:
            return _page(request, own, error=_NO_LANGUAGE)
        if zone and find_zone(zone) is None:
            return _page(request, own, error=_NO_ZONE)
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            await keep_preferences(work, request.user.id, own)
        # What this browser was told before signing in counts no more.
        forgotten = make_cookie(request, LANGUAGE, None)
        return Redirect(f"{_ADDRESS}?done=true", status_code=303, cookies=[forgotten])


@cache
def find_zones() -> Sequence[str]:
    """Every zone there is; finding that out reads some six hundred files."""
    return sorted(available_timezones())


def _page(
    request: AnyRequest, own: Preferences, *, done: bool = False, error: str | None = None
) -> Template:
    context = {
        "room": "me",
        "own": own,
        "languages": {one: LANGUAGES[one] for one in OPERATORS},
        "zones": find_zones(),
        "done": done,
        "error": error,
    }
    status = 422 if error else 200
    return Template("console/me.html", status_code=status, context=frame(request) | context)
