"""``/console/orders``: everybody's orders, by where they stand, by whom they are sold, and whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter
from litestar.response import Redirect, Response, Template

from tramita.console.frame import PAGE, frame
from tramita.console.presentation import counted
from tramita.console.times import Moment, now_for
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.runtime import Runtime
from tramita.orders.console.words import ORDER_STAMPS, VIEWS
from tramita.orders.lifecycle import OrderState
from tramita.orders.operator.lists import (
    MOST_COUNTED,
    Asked,
    Choice,
    count_orders,
    find_choices,
    find_learners,
    find_orders,
)

ROWS: Final = 25
ADDRESS: Final = "/console/orders"
_LONGEST_NAME: Final = 254

# ``state`` itself is a word of the framework's. What a form sends empty matters to nobody.
InStates = Annotated[list[str] | None, QueryParameter(name="state")]
Learners = Annotated[list[UUID] | None, QueryParameter(name="learner")]


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list, and how many are in it; ``None``: they are not counted."""

    title: str
    query: str
    count: str | None
    is_current: bool
    calls: bool


def provide_asked(
    in_states: InStates = None,
    organization: Text = None,
    product: Text = None,
    learners: Learners = None,
) -> Asked:
    """Which orders the query parameters ask for."""
    return Asked(
        frozenset(_state(one) for one in in_states or () if one),
        _id(organization),
        _id(product),
        tuple(learners or ()),
    )


def _state(name: str) -> OrderState:
    try:
        return OrderState(name)
    except ValueError:
        raise ValidationException(f"no order is {name}") from None


def _id(text: str | None) -> UUID | None:
    if not text:
        return None
    found = _read_id(text)
    if found is None:
        raise ValidationException(f"{text} is no id")
    return found


ASKED: Final = {"asked": Provide(provide_asked, sync_to_thread=False)}


class OrdersPages(Controller):
    """The list, and the way to one of them."""

    path = "/orders"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=ASKED)
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        asked: NamedDependency[Asked],
        cursor: Cursor = None,
    ) -> Template:
        """Orders, newest first."""
        return await _page(request, runtime, asked, cursor=cursor)

    @post("/find", status_code=303)
    async def find(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """To an order by its id, or to a learner's by their user name, which stands in no address."""
        typed = str((await request.form()).get("learner", "")).strip()
        order_id = _read_id(typed)
        if order_id is not None:
            return Redirect(f"{ADDRESS}/{order_id}", status_code=303)
        found: list[UUID] = []
        if typed and len(typed) <= _LONGEST_NAME:
            async with runtime.database.unit_of_work() as work:
                found = await find_learners(work, typed)
        if not found:
            error = to_translate(
                "Nobody of this user name has ordered anything. It is looked for exactly."
            )
            return await _page(request, runtime, Asked(), error=error, status=404)
        query = urlencode({"learner": found}, doseq=True)
        return Redirect(f"{ADDRESS}?{query}", status_code=303)


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    asked: Asked,
    *,
    cursor: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        found = await find_orders(work, asked, before=decode_cursor(cursor, UUID), limit=ROWS + 1)
        counts = await count_orders(work, asked)
        organizations, products = await find_choices(work)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda row: (row, ORDER_STAMPS[row.state], Moment.of(row.created_at, now=now)),
        key=lambda row: row.id,
    )
    first = _query(asked, asked.states)
    onward = urlencode({"cursor": page.next_cursor}) if page.next_cursor else None
    context = {
        "tabs": _tabs(asked, counts, now.words),
        "lines": page.items,
        "asked": asked,
        "states": {
            state: (stamp, _counted(counts, [state], now.words))
            for state, stamp in ORDER_STAMPS.items()
        },
        "organizations": _with_chosen(organizations, asked.organization),
        "products": _with_chosen(products, asked.product),
        "without_learner": _query(Asked((), asked.organization, asked.product), asked.states),
        "is_first": cursor is None,
        "first": first,
        "next": onward and "&".join(filter(None, [first, onward])),
        "error": error,
        "notice": None,
    }
    return Template(
        "console/orders.html", status_code=status, context=orders_frame(request) | context
    )


def orders_frame(request: AnyRequest) -> dict[str, Any]:
    """What every page about orders shows around itself."""
    return frame(request) | {"room": "orders"}


def _tabs(asked: Asked, counts: Mapping[OrderState, int], words: Words) -> list[Tab]:
    return [
        Tab(
            one.title,
            _query(asked, one.states),
            _counted(counts, one.states, words) if one.states else None,
            is_current=frozenset(asked.states) == one.states,
            calls=one.calls and any(counts[state] for state in one.states),
        )
        for one in VIEWS
    ]


def _counted(counts: Mapping[OrderState, int], states: Iterable[OrderState], words: Words) -> str:
    return counted([counts[state] for state in states], words, most=MOST_COUNTED)


def _query(asked: Asked, states: Any) -> str:
    given = {
        "state": sorted(states),
        "organization": asked.organization,
        "product": asked.product,
        "learner": list(asked.learners),
    }
    return urlencode({name: value for name, value in given.items() if value}, doseq=True)


def _with_chosen(choices: Sequence[Choice], chosen: UUID | None) -> Sequence[Choice]:
    """What to choose from, with what was chosen though it is none of the newest."""
    if chosen is None or any(one.id == chosen for one in choices):
        return choices
    return [*choices, Choice(chosen, str(chosen))]
