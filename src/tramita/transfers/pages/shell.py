"""``/webapp``: what Telegram opens. It knows nobody; its script shows what Telegram has signed."""

from typing import Any, Final

from litestar import get
from litestar.response import Template

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.transfers.pages.frame import ERROR_PAGES, page, script_of

_OPEN: Final[dict[str, Any]] = {
    "public": "whoever opens it has shown nothing yet",
    "page": ERROR_PAGES,
}


@get("/", opt=_OPEN)
async def show_shell(request: AnyRequest, runtime: FromRuntime) -> Template:
    """The frame around what is shown, and what is said while nothing is."""
    return page(request, "shell", telegram=script_of(runtime))
