"""What the console's lists and journals look at, as one call each: among ``looks``."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tramita.contracts import standings
from tramita.kit.encryption.keys import EMAIL, NAME, PHONE
from tramita.kit.finding import MOST, Needle
from tramita.kit.inbox_queries import MessageStanding, find_messages, find_senders
from tramita.kit.operations.exchanges import (
    ExchangesAsked,
    find_exchange_places,
    find_exchanges,
)
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.kit.people.inventory import together
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks.deliveries import find_deliveries
from tramita.kit.webhooks.queries import list_endpoints
from tramita.process.areas import EVERYTHING

Call = Callable[[Runtime], Awaitable[object]]

PAGE: Final = 11


def console_contracts(**wanted: Any) -> Call:
    """A page of the console's list of contracts, with what is counted beside it."""
    asked = standings.Asked(**wanted)

    async def call(runtime: Runtime) -> None:
        async with runtime.database.reading() as work:
            places = await standings.find_places(work)
            among = asked.among(places)
            await standings.find_contracts(work, asked, among, after=None, limit=PAGE)
            await standings.count_contracts(work, asked, {"asked": among, "": places}, most=PAGE)
            await standings.name_products(work, places)

    return call


def journal(**wanted: Any) -> Call:
    """A page of what was said to providers."""
    asked = ExchangesAsked(**wanted)

    async def call(runtime: Runtime) -> None:
        async with runtime.database.reading() as work:
            places = await find_exchange_places(work)
            await find_exchanges(work, asked, asked.among(places), before=None, limit=PAGE)

    return call


def messages(standing: MessageStanding | None = None) -> Call:
    """A page of what came in."""

    async def call(runtime: Runtime) -> None:
        async with runtime.database.reading() as work:
            senders = await find_senders(work)
            await find_messages(work, standing=standing, providers=senders, before=None, limit=PAGE)

    return call


def told(*states: DeliveryState) -> Call:
    """A page of what partners were told."""

    async def call(runtime: Runtime) -> None:
        async with runtime.database.reading() as work:
            found = await list_endpoints(work, before=None, limit=PAGE)
            ids = [one.id for one in found]
            asked = states or tuple(DeliveryState)
            await find_deliveries(work, endpoints=ids, states=asked, before=None, limit=PAGE)

    return call


def search(typed: str) -> Call:
    """What every area finds of what somebody typed."""

    async def call(runtime: Runtime) -> None:
        needle = Needle.of(typed, together([area.people for area in EVERYTHING]))
        assert needle is not None
        async with runtime.database.reading() as work:
            for finder in (one for area in EVERYTHING for one in area.finds):
                await finder.find(work, needle, MOST)

    return call


# Of these there may be as many as there are rows at all, like a shop's own phone and e-mail.
SHOP: Final = {PHONE: "5511987654321", EMAIL: "shop@example.com", NAME: "maria de souza"}
# By what a provider knows the seventh life's proposal, and what was done for it.
_PROPOSAL, _ACT = hashlib.md5(b"p7").hexdigest(), hashlib.md5(b"7").hexdigest()  # noqa: S324 - as in lives
CONSOLE: Final[Mapping[str, Call]] = {
    "search: how a number begins": search("A-2"),
    "search: an id": search(str(UUID(int=7))),
    "search: a document": search("000.000.000-07"),
    "search: a phone": search("+55 11 98765-4321"),
    "search: an e-mail": search(SHOP[EMAIL]),
    "search: a name": search("Maria de Souza"),
    "search: a provider's key": search(_PROPOSAL),
    "search: a provider's word for an act": search(_ACT),
    "search: what is not there": search("nobody knows this"),
    "console: contracts": console_contracts(),
    "console: contracts that stand longest": console_contracts(order=standings.Order.LONGEST),
    "console: contracts under way": console_contracts(under_way=True),
    "console: contracts in a rare stage": console_contracts(stage="AGUARDANDO_SALDO"),
    "console: contracts that have stood for long": console_contracts(stood=timedelta(days=90)),
    "console: contracts that there are none of": console_contracts(provider="nobody"),
    "console: exchanges": journal(),
    "console: exchanges with a rare outcome": journal(outcome="refused"),
    "console: exchanges of long ago": journal(until=datetime(2020, 1, 1, tzinfo=UTC)),
    "console: messages": messages(),
    **{f"console: messages, {one}": messages(one) for one in MessageStanding},
    "console: deliveries": told(),
    "console: deliveries that failed": told(DeliveryState.FAILED),
}
