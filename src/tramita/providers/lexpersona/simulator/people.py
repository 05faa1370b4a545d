"""What people do on their pages, as whoever tests or shows it may order."""

from collections.abc import Callable, Mapping
from typing import Final

from tramita.providers.lexpersona.simulator.book import Book
from tramita.providers.lexpersona.simulator.records import Workflow
from tramita.simulation.front.orders import Shown, Wanted
from tramita.simulation.simulator import UnknownAct


class PersonOrder(Wanted):
    """Which workflow, by its id or by its client's word for it; without either, the latest.

    ``email`` is who acts; without it, the first whose turn it is.
    """

    workflow: str | None = None
    subject: str | None = None
    email: str | None = None


def _acted(act: Callable[[Book, Workflow, str], None], book: Book, order: PersonOrder) -> Shown:
    workflow = _find(book, order)
    step = workflow.current
    if step is None:
        raise UnknownAct("nobody can sign it now")
    act(book, workflow, order.email or step.wanted.recipients[0].email)
    return workflow.shown()


def _find(book: Book, order: PersonOrder) -> Workflow:
    found = [
        one
        for one in book.workflows.values()
        if order.workflow in (None, one.id) and order.subject in (None, one.description)
    ]
    if not found:
        raise UnknownAct("there is no such workflow")
    return found[-1]


def _sign(book: Book, order: PersonOrder) -> Shown:
    return _acted(Book.sign, book, order)


def _refuse(book: Book, order: PersonOrder) -> Shown:
    return _acted(Book.refuse, book, order)


ORDERS: Final[Mapping[str, Callable[[Book, PersonOrder], Shown]]] = {
    "sign": _sign,
    "refuse": _refuse,
}
