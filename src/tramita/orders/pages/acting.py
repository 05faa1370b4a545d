"""What a learner does to an order: sign, choose a card, pay, cancel, withdraw.

Where somebody else's page is gone to (to sign, to write a card's number), the answer is a page that
leads there at once. A redirect would not do: our forms may be sent nowhere but here.
"""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.runtime import Runtime
from tramita.orders.learners import know_learner
from tramita.orders.page.ending import show_end
from tramita.orders.page.refusals import is_refusal, refusal_of, status_of
from tramita.orders.pages.access import HOME
from tramita.orders.pages.dashboard import order_page, read_order
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.pages.frame import page, words_for
from tramita.orders.pages.leaving import go_to, go_to_form
from tramita.orders.queries import check_own_order
from tramita.orders.service import cancel_own_order, choose_card, withdraw_from_order
from tramita.orders.signing import submit_for_signature
from tramita.payments.errors import CreditCardNotFound
from tramita.payments.forms import open_card_form, open_payment_form
from tramita.payments.settings import PaymentSettings
from tramita.signatures.errors import DocumentOnItsWay
from tramita.signatures.links import invitation_link
from tramita.signatures.settings import SignatureSettings


class OrderActs(Controller):
    """Forms of an order's page, and the page that asks before it ends."""

    path = "/orders/{order_id:uuid}"
    opt = LEARNERS

    @post("/sign", status_code=200)
    async def sign(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Have the contract submitted, once, and go where it is signed."""
        return await _told_in_place(request, runtime, order_id, _sign(request, runtime, order_id))

    @post("/new-card", status_code=200)
    async def save_card(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Go where a card is saved."""
        return await _told_in_place(request, runtime, order_id, _save(request, runtime, order_id))

    @post("/card", status_code=303)
    async def choose_card(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Have the order paid with one of one's cards."""
        return await _told_in_place(request, runtime, order_id, _choose(request, runtime, order_id))

    @post("/pay", status_code=200)
    async def pay(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Go where a refused instalment is paid."""
        return await _told_in_place(request, runtime, order_id, _pay(request, runtime, order_id))

    @get("/end")
    async def ask(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """What ending it would mean, before it is ended."""
        shown, view, _ = await read_order(request, runtime, order_id)
        if not (view.can_cancel or view.can_withdraw):
            return Redirect(f"{HOME}/orders/{order_id}", status_code=303)
        return page(request, "end", order=view, end=show_end(shown, view, words_for(request)))

    @post("/cancel", status_code=303)
    async def cancel(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Cancel it."""
        return await _told_in_place(request, runtime, order_id, _cancel(request, runtime, order_id))

    @post("/withdraw", status_code=303)
    async def withdraw(
        self, request: AnyRequest, runtime: FromRuntime, order_id: FromPath[UUID]
    ) -> Response[Any]:
        """Withdraw from it."""
        act = _withdraw(request, runtime, order_id)
        return await _told_in_place(request, runtime, order_id, act)


async def _told_in_place(
    request: AnyRequest, runtime: Runtime, order_id: UUID, act: Awaitable[Response[Any]]
) -> Response[Any]:
    """What came of it; a refusal is told above the order as it stands now."""
    try:
        return await act
    except TramitaError as error:
        if not is_refusal(error):
            raise
        sentence = refusal_of(error, words_for(request))
        return await order_page(
            request, runtime, order_id, status=status_of(error), refusal=sentence
        )


async def _sign(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    user, settings = request.user.user, runtime.configured(SignatureSettings)
    async with runtime.database.unit_of_work(actor=user.actor) as work:
        await check_own_order(work, user, order_id)
        await know_learner(work, user)
        await submit_for_signature(work, order_id, settings)
    try:
        invitation = await invitation_link(runtime, [order_id], user.email)
    except DocumentOnItsWay:
        return _back(
            order_id, "submitted"
        )  # No fault of anybody's: the page says when it is there.
    return go_to(request, invitation.invitation_link)


async def _save(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    user = request.user.user
    async with runtime.database.unit_of_work() as work:
        await check_own_order(work, user, order_id)
    opened = await open_card_form(runtime, user.tenant, user.username, user.email)
    return go_to_form(request, opened)


async def _choose(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    user = request.user.user
    card_id = await _card_in(request)
    if card_id is None:
        raise CreditCardNotFound
    async with runtime.database.unit_of_work(actor=user.actor) as work:
        await check_own_order(work, user, order_id)
        await choose_card(work, order_id, card_id)
    return _back(order_id, "card")


async def _pay(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    async with runtime.database.unit_of_work() as work:
        await check_own_order(work, request.user.user, order_id)
    opened = await open_payment_form(runtime, order_id, await _card_in(request))
    return _back(order_id, "paid") if opened is None else go_to_form(request, opened)


async def _cancel(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    user = request.user.user
    async with runtime.database.unit_of_work(actor=user.actor) as work:
        await check_own_order(work, user, order_id)
        await cancel_own_order(work, order_id)
    return _back(order_id, "canceled")


async def _withdraw(request: AnyRequest, runtime: Runtime, order_id: UUID) -> Response[Any]:
    user, settings = request.user.user, runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=user.actor) as work:
        await check_own_order(work, user, order_id)
        await withdraw_from_order(work, order_id, settings.day_of(await work.now()))
    return _back(order_id, "withdrawn")


async def _card_in(request: AnyRequest) -> UUID | None:
    """The card that was chosen, if any was."""
    try:
        return UUID(str((await request.form()).get("card", "")))
    except ValueError:
        return None


def _back(order_id: UUID, done: str) -> Redirect:
    return Redirect(f"{HOME}/orders/{order_id}?done={done}", status_code=303)
