"""``/learn/cards``: a learner's cards."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.runtime import Runtime
from tramita.orders.page.order import show_card
from tramita.orders.page.refusals import is_refusal, refusal_of, status_of
from tramita.orders.pages.access import HOME
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.pages.frame import page, words_for
from tramita.orders.pages.leaving import go_to_form
from tramita.payments.cards import delete_card, find_payer_of, list_cards, promote_card
from tramita.payments.errors import CreditCardNotFound
from tramita.payments.forms import open_card_form
from tramita.payments.settings import PaymentSettings

Act = Callable[[UnitOfWork, UUID, UUID], Awaitable[None]]


class CardPages(Controller):
    """Cards, and what is done to them."""

    path = "/cards"
    opt = LEARNERS

    @get()
    async def list_all(
        self, request: AnyRequest, runtime: FromRuntime, fragment: FromQuery[bool] = False
    ) -> Template:
        """Every card, the main one first."""
        return await _cards_page(request, runtime, is_fragment=fragment)

    @post("/new", status_code=200)
    async def save(self, request: AnyRequest, runtime: FromRuntime) -> Response[Any]:
        """Go where one is saved."""
        user = request.user.user
        try:
            opened = await open_card_form(runtime, user.tenant, user.username, user.email)
            return go_to_form(request, opened)
        except TramitaError as error:
            return await _refused(request, runtime, error)

    @post("/{card_id:uuid}/promote", status_code=303)
    async def promote(
        self, request: AnyRequest, runtime: FromRuntime, card_id: FromPath[UUID]
    ) -> Response[Any]:
        """Make it the main one."""
        return await _act(request, runtime, card_id, promote_card)

    @post("/{card_id:uuid}/delete", status_code=303)
    async def delete(
        self, request: AnyRequest, runtime: FromRuntime, card_id: FromPath[UUID]
    ) -> Response[Any]:
        """Delete it, here at once and then at the provider."""
        return await _act(request, runtime, card_id, delete_card)


async def _act(request: AnyRequest, runtime: Runtime, card_id: UUID, act: Act) -> Response[Any]:
    user = request.user.user
    try:
        async with runtime.database.unit_of_work(actor=user.actor) as work:
            payer_id = await find_payer_of(work, user.tenant, user.username)
            if payer_id is None:
                raise CreditCardNotFound
            await act(work, payer_id, card_id)
    except TramitaError as error:
        return await _refused(request, runtime, error)
    return Redirect(f"{HOME}/cards", status_code=303)


async def _refused(request: AnyRequest, runtime: Runtime, error: TramitaError) -> Template:
    if not is_refusal(error):
        raise error
    refusal = refusal_of(error, words_for(request))
    return await _cards_page(request, runtime, status=status_of(error), refusal=refusal)


async def _cards_page(
    request: AnyRequest, runtime: Runtime, *, is_fragment: bool = False, **shown: Any
) -> Template:
    user, settings = request.user.user, runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work() as work:
        payer_id = await find_payer_of(work, user.tenant, user.username)
        found = [] if payer_id is None else await list_cards(work, payer_id, settings.provider)
        today = settings.day_of(await work.now())
    cards = [show_card(one, today) for one in found]
    return page(request, "_cards" if is_fragment else "cards", cards=cards, **shown)
