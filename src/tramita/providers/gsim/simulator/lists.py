"""Brands and models as they are listed, and lists that change while they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.errors import BRAND_NOT_FOUND
from tramita.providers.gsim.simulator.fixtures import Brand, Model
from tramita.providers.gsim.simulator.pages import brand_shown, matching, page_answer, page_in
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Refused

Listed = TypeVar("Listed", Brand, Model)


@dataclass(frozen=True, slots=True)
class Lists:
    """The catalog in pages."""

    catalog: Catalog

    def brand(self, brand_id: str) -> Brand:
        """The brand; raise ``Refused`` with 404 otherwise."""
        brand = self.catalog.find_brand(brand_id)
        if brand is None:
            raise Refused(BRAND_NOT_FOUND)
        return brand

    def brands(self, asking: Asking, fault: Fault | None) -> Answer:
        """One page of all brands."""
        brands = self.catalog.brands
        items = [brand_shown(brand) for brand in brands]
        answer = page_answer(items, asking, updated_at=self.catalog.updated_at)
        if _changes(fault):
            self.catalog.move_to_front(_next(brands, asking.parameters))
        return answer

    def models(self, asking: Asking, fault: Fault | None) -> Answer:
        """One page of a brand's models that match ``q``."""
        brand = self.brand(asking.key)
        models = matching(brand.models, asking.parameters.get("q", ""))
        items = [model.shown() for model in models]
        answer = page_answer(items, asking, updated_at=brand.updated_at)
        if _changes(fault) and models:
            self.catalog.move_to_front(brand, _next(models, asking.parameters))
        return answer


def _changes(fault: Fault | None) -> bool:
    return fault is not None and fault.kind == "list_changes"


def _next(items: Sequence[Listed], query: Mapping[str, str]) -> Listed:
    """The first item after a page, or the last of all.

    Moved to the front, it is on no later page, and the last item of this page comes again on
    the next one.
    """
    return items[min(page_in(query).end, len(items) - 1)]
