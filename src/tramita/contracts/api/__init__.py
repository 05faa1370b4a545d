"""HTTP of the core: contracts, customers, the catalog, and the backend plugins."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from tramita.contracts.api.backends import list_backends
from tramita.contracts.api.catalog import PackagesController, ProductsController
from tramita.contracts.api.contracts import ContractsController
from tramita.contracts.api.customers import CustomersController

handlers: Sequence[ControllerRouterHandler] = [
    ContractsController,
    CustomersController,
    ProductsController,
    PackagesController,
    list_backends,
]
