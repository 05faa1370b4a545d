"""Every page of the console under one roof."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from litestar import Router
from litestar.types import ControllerRouterHandler

from tramita.console.accounts.pages import AccountPages
from tramita.console.accounts.second_step import SecondStepPages
from tramita.console.accounts.security import SecurityPages
from tramita.console.accounts.tokens import TokenPages
from tramita.console.accounts.welcome import WelcomePages
from tramita.console.attention.pages import AttentionPages
from tramita.console.audit.pages import AuditPages
from tramita.console.errors import EXCEPTION_HANDLERS
from tramita.console.jobs import JobPages
from tramita.console.journals.deliveries import DeliveryPages
from tramita.console.journals.exchanges import ExchangePages
from tramita.console.journals.messages import MessagePages
from tramita.console.me import MyPages
from tramita.console.operations import OperationPages
from tramita.console.people import PeoplePages
from tramita.console.providers.pages import ProviderPages
from tramita.console.retention import show_retention
from tramita.console.search.pages import SearchPages
from tramita.console.sign_in import log_in, log_out, show_login
from tramita.console.things import show_thing
from tramita.kit.notes import LONGEST

# The longest note has room, each of its characters written as twelve.
LONGEST_FORM = 12 * LONGEST + 4 * 1024
TEMPLATES: Final = Path(__file__).parent / "templates"


def make_console(pages: Sequence[ControllerRouterHandler]) -> Router:
    """The console with these pages of areas beside its own; the first page is among them."""
    return Router(
        "/console",
        route_handlers=[
            show_login,
            log_in,
            log_out,
            OperationPages,
            AttentionPages,
            ProviderPages,
            *pages,
            PeoplePages,
            show_retention,
            show_thing,
            JobPages,
            ExchangePages,
            MessagePages,
            DeliveryPages,
            SearchPages,
            MyPages,
            SecurityPages,
            SecondStepPages,
            WelcomePages,
            AccountPages,
            TokenPages,
            AuditPages,
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=LONGEST_FORM,
    )
