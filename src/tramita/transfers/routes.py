"""What transfers serve; what they bring to every process is in ``area``."""

from pathlib import Path
from typing import Final

from tramita.console.things import page_of_whole, pages_in
from tramita.kit.http.area import AreaRoutes, Place
from tramita.transfers.acts import ACTS, REQUEST_DOCUMENT
from tramita.transfers.api.agents import AgentsController
from tramita.transfers.api.applications import (
    ApplicationOffersController,
    ApplicationsController,
)
from tramita.transfers.api.documents import DocumentJobsController, DocumentsController
from tramita.transfers.api.market import MarketController
from tramita.transfers.api.office import OfficeController, OutboxController
from tramita.transfers.api.office_access import let_in_office
from tramita.transfers.api.tenants import TenantsController
from tramita.transfers.api.webapp.access import let_in_guest
from tramita.transfers.api.webapp.routes import WEBAPP
from tramita.transfers.console.agents import AgentPages
from tramita.transfers.console.applications import ApplicationPages
from tramita.transfers.console.changes import ApplicationChanges
from tramita.transfers.console.contract import show_application
from tramita.transfers.console.exchange import ExchangePages
from tramita.transfers.console.parts import PARTS
from tramita.transfers.model import BACKEND
from tramita.transfers.pages.routes import PAGES

ROUTES: Final = AreaRoutes(
    handlers=[
        TenantsController,
        AgentsController,
        ApplicationsController,
        ApplicationOffersController,
        DocumentsController,
        DocumentJobsController,
        MarketController,
        *WEBAPP,
        PAGES,
        OfficeController,
        OutboxController,
    ],
    tags={
        "Tenants": "The partners whose systems use Tramita, and what each has decided about its "
        "applications. One of them is the master: its applications from the API and from chats are "
        "priced in 1C and accepted by themselves.",
        "Agents": "The list of those who may work on applications. Whoever is taken off it can do "
        "nothing more from the next request on, and nothing is accepted in their name.",
        "Applications": """\
Payments abroad that are asked for. A draft is filled in, group by group; `status` moves it on, and what is \
missing before it counts is named field by field. `moves` and `allowed_actions` say what you may do now. \
Once an offer is accepted the form is closed, and `contract_id` names its contract. The events \
`application.*` and `offer.*` tell your platform.""",
        "Market": "What agents of every tenant see of applications, and the offers that they make.",
        "Mini App": "What people see and do in the Mini App that our bot offers in a chat. Whoever opens "
        "it exchanges what Telegram signs for a short session of that chat (`POST …/session`), and "
        "finds there the application of the chat, as far as their role lets them. Errors have a "
        "`message` and `details` in the language that is asked for, Russian or English, besides the "
        "members of every problem.",
    },
    console=[ApplicationPages, ApplicationChanges, AgentPages, ExchangePages],
    rooms={"applications": "Applications", "agents": "Agents", "exchange": "1C"},
    pages={"application": pages_in("applications")},
    shows={BACKEND: show_application},
    parts=PARTS,
    subjects={
        **{act.name: pages_in("applications") for act in ACTS},
        REQUEST_DOCUMENT.name: page_of_whole,
    },
    templates=Path(__file__).parent / "templates",
    static=Path(__file__).parent / "static",
    places=[
        Place(
            "/console/applications",
            "Payments abroad",
            "Asked for in Telegram groups, priced and documented in 1C, as the console shows it.",
        )
    ],
    schemes={"webapp": let_in_guest, "office": let_in_office},
    bearers={"webapp": "session of the Mini App"},
)
