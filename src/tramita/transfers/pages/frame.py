"""What is around the Mini App: its words and time zone, who may frame it, which scripts it runs."""

from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar.response import Template

from tramita.kit.http.error_pages import ErrorPages
from tramita.kit.http.error_pages import Words as Said
from tramita.kit.http.forms import AnyConnection, AnyRequest, runtime_of
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.runtime import Runtime
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.webapp.languages import words_for
from tramita.transfers.webapp.settings import WebAppSettings

HOME: Final = "/webapp"
ZONE: Final = "X-Time-Zone"
_LONGEST_ZONE: Final = 60
# Any port: the demo's host page has another than the application.
_THIS_MACHINE: Final = ("http://127.0.0.1:*", "http://localhost:*")
_NOBODY: Final = ("'none'",)


def words_of_reader(connection: AnyConnection) -> Words:
    """The words of whoever reads: as Telegram speaks to them, or else what their browser accepts."""
    caller = connection.scope.get("user")
    own = caller.session.language if isinstance(caller, Guest) else None
    settings = runtime_of(connection).settings
    accepted = connection.headers.get("accept-language")
    return words_for(own, accepted, settings.language, _zone_of(connection))


def _zone_of(connection: AnyConnection) -> str:
    """Where the reader is, as their browser says, or else where the house is."""
    said = connection.headers.get(ZONE, "")[:_LONGEST_ZONE]
    try:
        return ZoneInfo(said).key if said else runtime_of(connection).settings.time_zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return runtime_of(connection).settings.time_zone


def script_of(runtime: Runtime) -> str:
    """Telegram's own script, where it is loaded."""
    return "" if runtime.settings.is_demo else runtime.configured(WebAppSettings).script


def page(request: AnyRequest, name: str, **shown: Any) -> Template:
    """A page of the Mini App, which Telegram shows in a frame of its own."""
    words = words_of_reader(request)
    headers = {"Content-Security-Policy": policy_of(runtime_of(request))}
    return Template(f"webapp/{name}.html", context={"words": words} | shown, headers=headers)


def policy_of(runtime: Runtime) -> str:
    """What the pages may load, and who may frame them."""
    script = script_of(runtime)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(script)) if script else ""
    frames = list(runtime.configured(WebAppSettings).framed_by)
    if runtime.settings.is_demo:
        frames += _THIS_MACHINE
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {origin}".strip(),
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {' '.join(frames or _NOBODY)}",
        )
    )


def _around(connection: AnyConnection) -> dict[str, Any]:
    return {"words": words_of_reader(connection)}


ERROR_PAGES: Final = ErrorPages(
    "webapp/error.html",
    refused=Said(
        to_translate("There is no such page"),
        to_translate("Open the application anew from the chat."),
    ),
    failed=Said(
        to_translate("Something went wrong on our side"),
        to_translate("We know of it. Please try again in a few minutes."),
    ),
    around=_around,
)
