"""Every page of the Mini App under one roof."""

from typing import Final

from litestar import Router

from tramita.transfers.pages.frame import HOME
from tramita.transfers.pages.live import watch
from tramita.transfers.pages.shell import show_shell
from tramita.transfers.pages.view import show_view

PAGES: Final = Router(HOME, route_handlers=[show_shell, show_view, watch], include_in_schema=False)
