"""Who may order a simulator about: people and programs of this machine, no page of the web.

It listens on loopback, but a browser on this machine would carry a foreign page's orders
there. A browser names the page in ``Origin``, and in ``Host`` the name it looked up.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler


class ForeignCaller(PermissionDeniedException):
    """A simulator takes orders from this machine only, not from a page of another address."""


def refuse_foreign_pages(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Raise ``ForeignCaller`` unless the caller came by a loopback address, from no other page."""
    host = connection.headers.get("host", "")
    origin = connection.headers.get("origin")
    if not _is_here(host) or origin not in (None, f"http://{host}"):
        raise ForeignCaller(detail=str(ForeignCaller.__doc__))


def _is_here(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
