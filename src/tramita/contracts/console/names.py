"""What is called how in lists of contracts: kinds of product, partners and providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tramita.contracts.console.words import products_in
from tramita.contracts.standings import Place, name_products
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import name_tenants


@dataclass(frozen=True, slots=True)
class Names:
    """Each by the key that a contract's standing has; what has no name is called by its key."""

    products: Mapping[str, str]
    partners: Mapping[str, str]
    providers: Mapping[str, str]

    @classmethod
    async def find(
        cls, runtime: Runtime, work: UnitOfWork, places: Sequence[Place], words: Words
    ) -> Self:
        """Of all that stands in these places."""
        products = await name_products(work, places) | products_in(words)
        return cls(products, await name_tenants(work), runtime.titles)

    def product(self, key: str) -> str:
        """What a product is called."""
        return self.products.get(key, key)

    def partner(self, key: str) -> str:
        """What a tenant is called."""
        return self.partners.get(key, key)

    def provider(self, key: str) -> str:
        """What a provider is called."""
        return self.providers.get(key, key)
