"""What the core serves; what it brings to every process is in ``area``."""

from typing import Final

from tramita.contracts.api.backends import list_backends
from tramita.contracts.api.catalog import PackagesController, ProductsController
from tramita.contracts.api.contracts import ContractsController
from tramita.contracts.api.customers import CustomersController
from tramita.kit.http.area import AreaRoutes

ROUTES: Final = AreaRoutes(
    handlers=[
        ContractsController,
        CustomersController,
        ProductsController,
        PackagesController,
        list_backends,
    ],
    tags={
        "Contracts": "Contracts of every kind, and the plugins that fulfil them.",
        "Customers": "Whom contracts are made with.",
        "Catalog": "What can be sold: products and their packages.",
    },
)
