"""``/__sim/act`` at the base: what its operators and administrators do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tramita.providers.onec.simulator.book import Book, Document
from tramita.providers.onec.simulator.licences import Licences
from tramita.simulation.front.orders import Order, Wanted
from tramita.simulation.simulator import UnknownAct, forgetting_button, operator_button

_SHOWN = 20


class OnDocument(Wanted):
    """A document, by the application's name; without one the newest."""

    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class OneCOperator:
    """Whoever sits before the base."""

    book: Book
    licences: Licences

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered."""
        return {
            "keep_copy": Order(Wanted, lambda _: self.book.keep_copy()),
            "restore_copy": Order(Wanted, lambda _: self.book.restore()),
            "lose_sessions": Order(Wanted, lambda _: self.licences.lose()),
        }

    def shown(self) -> dict[str, object]:
        """The base in numbers."""
        return {
            "documents": len(self.book.documents),
            "sessions": len(self.licences.sessions) + self.licences.others,
            "newest": [f"{one.number} {one.state}/{one.payment}" for one in self.book.newest()][
                :_SHOWN
            ],
        }

    def document(self, order: OnDocument) -> Document:
        """The one that an order is about."""
        if order.external_id is not None:
            return self.book.get(order.external_id)
        newest = next(iter(self.book.newest()), None)
        if newest is None:
            raise UnknownAct("there is no document in the base")
        return newest


BUTTONS = (
    operator_button("Knows a repetition no more", "set", is_idempotent=False),
    operator_button("Knows repetitions", "set", is_idempotent=True),
    operator_button("No licence is free", "set", licences=0),
    operator_button("Licences are free", "set", licences=5),
    operator_button("Close for maintenance", "set", is_exclusive=True),
    operator_button("Open again", "set", is_exclusive=False),
    operator_button("Keep a copy of the base", "keep_copy"),
    operator_button("Restore the copy", "restore_copy"),
    forgetting_button("Begin with an empty base"),
)
