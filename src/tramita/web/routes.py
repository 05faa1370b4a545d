"""What is served of every area: routes and templates; the one list of them."""

from collections.abc import Sequence
from pathlib import Path

from litestar.types import ControllerRouterHandler

import tramita
from tramita.console.routes import TEMPLATES as CONSOLE_TEMPLATES
from tramita.console.routes import console
from tramita.contracts import api as contracts_api
from tramita.numbering.api.ddds import DDDsController
from tramita.numbering.api.devices import DevicesController
from tramita.numbering.api.numbers import NumbersController, release
from tramita.numbering.api.previews import PreviewsController, reserve_random
from tramita.numbering.pages import NumberingDemo
from tramita.portability.api.documents import DocumentsController
from tramita.portability.api.envelopes import EnvelopesController
from tramita.portability.api.formalization import send_link, show_details
from tramita.portability.api.socket import envelope_socket
from tramita.portability.pages import formalization_page, lender_logo, lender_style
from tramita.web import entrance, health, webhooks
from tramita.web.inbox import receive_webhook
from tramita.web.operations import OperationsController

ROUTES: Sequence[ControllerRouterHandler] = [
    *contracts_api.handlers,
    EnvelopesController,
    DocumentsController,
    send_link,
    show_details,
    envelope_socket,
    formalization_page,
    lender_style,
    lender_logo,
    DDDsController,
    DevicesController,
    PreviewsController,
    reserve_random,
    NumbersController,
    release,
    NumberingDemo,
    OperationsController,
    console,
    receive_webhook,
    *webhooks.handlers,
    *health.handlers,
    *entrance.handlers,
]

_AREAS_WITH_PAGES = ("portability", "numbering")
TEMPLATES = [
    *(Path(tramita.__file__).parent / area / "templates" for area in _AREAS_WITH_PAGES),
    CONSOLE_TEMPLATES,
]
