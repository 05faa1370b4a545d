"""The lists of brands and models, and what changes in them."""

from collections.abc import Iterator
from datetime import datetime

from tramita.providers.gsim.simulator.fixtures import (
    LISTED_AT,
    Brand,
    Model,
    make_brands,
    make_model,
)
from tramita.simulation.clock import VirtualClock


class Catalog:
    """What GSIM knows of devices. Every change makes a new version of the list."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Go back to the first list."""
        self.brands: list[Brand] = make_brands()
        self.updated_at: datetime = LISTED_AT
        self._revision = 1
        self._by_key: dict[str, Model] = {}
        self._index()

    @property
    def version(self) -> str:
        """The name of the list as it is now."""
        return f"{LISTED_AT:%Y-%m}.{self._revision}"

    def models(self) -> Iterator[Model]:
        """Every model of every brand."""
        return (model for brand in self.brands for model in brand.models)

    def find_brand(self, brand_id: str) -> Brand | None:
        """The brand of this id."""
        return next((brand for brand in self.brands if brand.id == brand_id), None)

    def find_model(self, key: str) -> Model | None:
        """The model of this id or TAC."""
        return self._by_key.get(key)

    def add_model(self, brand: Brand) -> Model:
        """A new model comes out, at the end of its brand's list."""
        self._revision += 1
        model = make_model(
            f"Novidade {self._revision}",
            f"NEW{self._revision:03}-BR",
            region="BR",
            esim="YES",
            tac=f"3599{self._revision:04}",
        )
        brand.models.append(model)
        self._touch(brand)
        return model

    def move_to_front(self, brand: Brand, model: Model | None = None) -> None:
        """List a brand, or one of its models, before all others; the others move on by one."""
        self._revision += 1
        if model is None:
            self.brands.remove(brand)
            self.brands.insert(0, brand)
        else:
            brand.models.remove(model)
            brand.models.insert(0, model)
        self._touch(brand)

    def _touch(self, brand: Brand) -> None:
        brand.updated_at = self.updated_at = self._clock.now()
        self._index()

    def _index(self) -> None:
        by_id = {model.id: model for model in self.models()}
        self._by_key = by_id | {tac: model for model in self.models() for tac in model.tacs}
