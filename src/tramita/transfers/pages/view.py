"""``/webapp/view``: the chat's application as its reader may see it, as a finished fragment."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.transfers.api.webapp.access import PEOPLE
from tramita.transfers.pages.frame import page, words_of_reader
from tramita.transfers.pages.reading import read_view

Former = Annotated[
    UUID | None, QueryParameter(description="One of the chat's former applications.")
]


@get("/view", opt=PEOPLE)
async def show_view(request: AnyRequest, runtime: FromRuntime, former: Former = None) -> Template:
    """What changes, and changes again while it is looked at."""
    words = words_of_reader(request)
    async with runtime.database.unit_of_work() as work:
        view = await read_view(runtime, work, request.user, words, former=former)
    return page(request, "_view", view=view)
