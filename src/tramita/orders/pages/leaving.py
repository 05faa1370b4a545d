"""To the page of somebody else, where a contract is signed or a card's number is written."""

from typing import Any
from urllib.parse import urlsplit

from litestar.response import Response

from tramita.kit.http.forms import AnyRequest
from tramita.orders.pages.frame import page
from tramita.payments.errors import PaymentProviderRefused
from tramita.payments.forms import OpenForm


def go_to(request: AnyRequest, url: str) -> Response[Any]:
    """A page that leads there at once, and says where.

    It takes no place in the browser's history: whoever comes back is where they were before.
    """
    return page(request, "leaving", url=url, host=urlsplit(url).hostname)


def go_to_form(request: AnyRequest, opened: OpenForm) -> Response[Any]:
    """To a form of the payment provider; raises ``PaymentProviderRefused`` where it has no page."""
    if opened.form.url is None:
        raise PaymentProviderRefused(reason="its form is no page of its own")
    return go_to(request, opened.form.url)
