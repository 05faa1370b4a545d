"""What orders serve; what they bring to every process is in ``area``."""

from pathlib import Path
from typing import Final

from tramita.console.things import pages_in
from tramita.kit.http.area import AreaRoutes, Door, Place
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.languages.words import to_translate
from tramita.orders.api.admin_catalog import (
    ContractDefinitionsController,
    CourseProductsController,
    CoursesController,
    OfferingsController,
)
from tramita.orders.api.admin_orders import AdminOrdersController
from tramita.orders.api.admin_organizations import OrganizationsController
from tramita.orders.api.contracts import OrderContractsController
from tramita.orders.api.debug import show_contract, show_invoice
from tramita.orders.api.invoices import (
    AdminOrderInvoicesController,
    OrderInvoicesController,
    OrganizationInvoicesController,
)
from tramita.orders.api.orders import OrdersController, show_enrollments
from tramita.orders.api.organizations import OrganizationContractsController, preview_schedule
from tramita.orders.console.catalogue import CataloguePages
from tramita.orders.console.contract import PARTS, show_order
from tramita.orders.console.mails import MailPages
from tramita.orders.console.order import OrderPages
from tramita.orders.console.orders import OrdersPages
from tramita.orders.model import BACKEND
from tramita.orders.pages.access import let_in_learner
from tramita.orders.pages.routes import LEARN

ROUTES: Final = AreaRoutes(
    handlers=[
        OrdersController,
        OrderContractsController,
        OrderInvoicesController,
        show_enrollments,
        OrganizationContractsController,
        preview_schedule,
        OrganizationInvoicesController,
        AdminOrdersController,
        AdminOrderInvoicesController,
        CoursesController,
        OrganizationsController,
        ContractDefinitionsController,
        CourseProductsController,
        OfferingsController,
        show_invoice,
        show_contract,
        LEARN,
    ],
    templates=Path(__file__).parent / "templates",
    static=Path(__file__).parent / "static",
    places=[
        Place("/learn/enter", "Courses", "A learner's pages: order, sign, save a card, pay."),
    ],
    door=Door(
        heading=to_translate("Your courses"),
        text=to_translate(
            "Come in from your learning platform: it knows who you are, and leads to what you ordered."
        ),
        is_open=lambda runtime: runtime.configured(JWTSettings).knows_somebody(runtime.settings),
    ),
    tags={
        "Orders": """\
What learners order. A learner comes with the learning platform's own token (a JWT with `username`, \
`email`, `full_name`, `language` and `exp`) and sees their own orders alone. An order moves by itself \
as what is missing comes in: `state` says what is waited for, and the events `order.changed`, \
`enrollment.opened` and `enrollment.closed` tell your platform.""",
        "Organizations": "What owners and administrators of an organization see of its contracts, the "
        "link by which an owner signs, and what would be due when.",
        "Courses": "What is offered, and by whom, as administrators keep it. What changes here "
        "counts for orders to come.",
    },
    console=[OrdersPages, OrderPages, MailPages, CataloguePages],
    schemes={"learner": let_in_learner},
    pages={"order": pages_in("orders")},
    shows={BACKEND: show_order},
    parts=PARTS,
    rooms={"orders": "Orders", "mails": "E-mails", "catalogue": "Catalogue"},
)
