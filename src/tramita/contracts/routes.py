"""What the core serves; what it brings to every process is in ``area``."""

from pathlib import Path
from typing import Final

from tramita.console.things import page_of_contract
from tramita.contracts.api.backends import list_backends
from tramita.contracts.api.catalog import PackagesController, ProductsController
from tramita.contracts.api.contracts import ContractsController
from tramita.contracts.api.customers import CustomersController
from tramita.contracts.api.erasures import ErasuresController
from tramita.contracts.console.contracts import ContractsPages
from tramita.contracts.console.overview import show_overview
from tramita.contracts.console.page import ContractPage
from tramita.contracts.console.words import PARTS
from tramita.kit.http.area import AreaRoutes

ROUTES: Final = AreaRoutes(
    handlers=[
        ContractsController,
        CustomersController,
        ErasuresController,
        ProductsController,
        PackagesController,
        list_backends,
    ],
    console=[show_overview, ContractsPages, ContractPage],
    templates=Path(__file__).parent / "templates",
    pages={"contract": page_of_contract},
    parts=PARTS,
    tags={
        "Contracts": "Contracts of every kind, and the plugins that fulfil them.",
        "Customers": "Whom contracts are made with.",
        "Erasing and exporting": """\
What is held of a person, wherever it lies: customers, envelopes, journals, messages. A person is \
meant by a document, in this body and in no address, or by a customer's id; and always as one tenant \
knows them. **Erasing** goes on in the background and cannot be undone; while anything of theirs is \
under way it is refused, and the answer says what. Contracts keep their figures; what a law obliges \
to keep is named, with the day on which it goes.""",
        "Catalog": "What can be sold: products and their packages.",
    },
)
