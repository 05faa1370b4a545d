"""Every page of learners under one roof."""

from typing import Final

from litestar import Router

from tramita.orders.pages.access import HOME
from tramita.orders.pages.acting import OrderActs
from tramita.orders.pages.cards import CardPages
from tramita.orders.pages.catalog import CatalogPages
from tramita.orders.pages.dashboard import list_orders, show
from tramita.orders.pages.documents import download_contract, download_invoice
from tramita.orders.pages.entering import enter, leave, show_entrance
from tramita.orders.pages.errors import EXCEPTION_HANDLERS
from tramita.orders.pages.live import watch

# A billing address has room, each of its letters written as twelve.
_LONGEST_FORM: Final = 16 * 1024

LEARN: Final = Router(
    HOME,
    route_handlers=[
        show_entrance,
        enter,
        leave,
        list_orders,
        show,
        OrderActs,
        download_contract,
        download_invoice,
        CatalogPages,
        CardPages,
        watch,
    ],
    exception_handlers=EXCEPTION_HANDLERS,
    request_max_body_size=_LONGEST_FORM,
    include_in_schema=False,
)
