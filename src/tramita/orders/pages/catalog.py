"""``/learn/catalog``: what is offered, and ordering it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, encode_cursor
from tramita.kit.runtime import Runtime
from tramita.orders.errors import PriceChanged
from tramita.orders.making import Wanted
from tramita.orders.offers import Offer, get_offer, list_offers
from tramita.orders.page.address import Typed, begin_form, read_address, show_form, to_address
from tramita.orders.page.offer import show_offer
from tramita.orders.page.refusals import is_refusal, refusal_of, status_of
from tramita.orders.page.schedule import as_money
from tramita.orders.pages.access import HOME
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.pages.frame import page, words_for
from tramita.orders.queries import get_own_order
from tramita.orders.service import create_order
from tramita.payments.settings import PaymentSettings

PER_PAGE: Final = 20
_WRONG: Final = 422


class CatalogPages(Controller):
    """Offers, and the form by which one is ordered."""

    path = "/catalog"
    opt = LEARNERS

    @get()
    async def list_all(
        self, request: AnyRequest, runtime: FromRuntime, cursor: Cursor = None
    ) -> Template:
        """Everything that may be ordered, newest first."""
        visitor, settings = request.user, runtime.configured(PaymentSettings)
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            found = await list_offers(
                work, visitor.user.tenant, visitor.id, before=before, limit=PER_PAGE
            )
            today = settings.day_of(await work.now())
        words = words_for(request)
        return page(
            request,
            "catalog",
            offers=[show_offer(one, today, settings.policy, words) for one in found[:PER_PAGE]],
            following=encode_cursor(found[PER_PAGE - 1].id) if len(found) > PER_PAGE else None,
            cursor=cursor,
        )

    @get("/{offering_id:uuid}")
    async def show(
        self, request: AnyRequest, runtime: FromRuntime, offering_id: FromPath[UUID]
    ) -> Template:
        """One offer, what would be due when, and the form."""
        offer, today = await _find(request, runtime, offering_id)
        country = runtime.configured(PaymentSettings).country
        typed = begin_form(request.user.user.full_name, country)
        return _offer_page(request, runtime, offer, today, typed)

    @post("/{offering_id:uuid}", status_code=303)
    async def order(
        self, request: AnyRequest, runtime: FromRuntime, offering_id: FromPath[UUID]
    ) -> Response[Any]:
        """Order it; what cannot be taken is told beside what was typed."""
        offer, today = await _find(request, runtime, offering_id)
        form = {name: str(value) for name, value in (await request.form()).items()}
        typed = read_address(form, is_waived="waived" in form)
        if offer.price and typed.wrong:
            return _offer_page(request, runtime, offer, today, typed, status=_WRONG)
        try:
            made = await _order(request, runtime, offer, typed, form.get("agreed"))
        except TramitaError as error:
            if not is_refusal(error):
                raise
            refusal = refusal_of(error, words_for(request))
            return _offer_page(
                request, runtime, offer, today, typed, status=status_of(error), refusal=refusal
            )
        return Redirect(f"{HOME}/orders/{made}?done=ordered", status_code=303)


async def _find(request: AnyRequest, runtime: Runtime, offering_id: UUID) -> tuple[Offer, date]:
    visitor, settings = request.user, runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work() as work:
        offer = await get_offer(work, visitor.user.tenant, visitor.id, offering_id)
        return offer, settings.day_of(await work.now())


async def _order(
    request: AnyRequest, runtime: Runtime, offer: Offer, typed: Typed, agreed: str | None
) -> UUID:
    """Order it for the price that was agreed to by pressing the button; raises ``PriceChanged``."""
    user, settings = request.user.user, runtime.configured(PaymentSettings)
    wanted = Wanted(
        offer.product_id,
        offer.course_code,
        billing_address=to_address(typed) if offer.price else None,
        has_waived_withdrawal_right=typed.is_waived,
    )
    async with runtime.database.unit_of_work(actor=user.actor) as work:
        made = await create_order(work, user, wanted, settings)
        order = (await get_own_order(work, user, made)).order
        if agreed not in (None, str(as_money(order.total, order.total_currency))):
            raise PriceChanged
        return made


def _offer_page(
    request: AnyRequest,
    runtime: Runtime,
    offer: Offer,
    today: date,
    typed: Typed,
    **shown: Any,
) -> Template:
    words, settings = words_for(request), runtime.configured(PaymentSettings)
    return page(
        request,
        "offer",
        offer=show_offer(offer, today, settings.policy, words),
        form=show_form(typed, words),
        withdrawal_days=settings.withdrawal_days,
        agreed=str(offer.total),
        **shown,
    )
