"""Every page of the console under one roof."""

from pathlib import Path

from litestar import Router, get
from litestar.response import Redirect

from tramita.console.errors import EXCEPTION_HANDLERS
from tramita.console.frame import OPERATORS_PAGE
from tramita.console.jobs import JobPages
from tramita.console.number import NumberPages
from tramita.console.numbering import NumberingPages
from tramita.console.operations import OperationPages
from tramita.console.sign_in import HOME, log_in, log_out, show_login

# A note of five hundred characters, each of them written as twelve, has room.
LONGEST_FORM = 16 * 1024
TEMPLATES = Path(__file__).parent / "templates"


@get(opt=OPERATORS_PAGE, include_in_schema=False, status_code=303)
async def begin() -> Redirect:
    """To the page an operator works from."""
    return Redirect(HOME, status_code=303)


console = Router(
    "/console",
    route_handlers=[
        begin,
        show_login,
        log_in,
        log_out,
        OperationPages,
        NumberingPages,
        NumberPages,
        JobPages,
    ],
    exception_handlers=EXCEPTION_HANDLERS,
    request_max_body_size=LONGEST_FORM,
)
