"""``/api/v1/market``: what agents of every tenant see, and their offers on it."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from tramita.kit.bounds import EVERYTHING
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.transfers.api.agents import get_own_agent
from tramita.transfers.api.schemas import OfferBody, OffersAnswer
from tramita.transfers.errors import OfferNotFound
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.offers import get_offer, make_offer, withdraw_offer
from tramita.transfers.queries import get_in_market, list_market, list_offers
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import get_application
from tramita.transfers.views import MarketLine, OfferView, present_offer
from tramita.transfers.who import Who

READ: Final[dict[str, Any]] = {"scope": "market:read"}
ACT: Final[dict[str, Any]] = {"scope": "market:write", "idempotent": True}

InStates = Annotated[list[ApplicationState] | None, QueryParameter(name="state")]


class MarketController(Controller):
    """A line of each application that counts: nothing of whoever pays, of chats or of 1C.

    Those that a tenant prices itself are here as well, unless it keeps them to itself; offers are
    made on ordinary ones alone.
    """

    path = "/api/v1/market/applications"
    tags = ["Market"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def browse(
        self,
        runtime: FromRuntime,
        in_states: InStates = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[MarketLine]:
        """Applications, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_market(work, in_states or (), before=before, limit=limit)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{application_id:uuid}", opt=READ)
    async def look_at(self, application_id: FromPath[UUID], runtime: FromRuntime) -> MarketLine:
        """One of them."""
        async with runtime.database.reading() as work:
            return await get_in_market(work, application_id)

    @get("/{application_id:uuid}/offers", opt=READ)
    async def list_own_offers(
        self, application_id: FromPath[UUID], runtime: FromRuntime
    ) -> OffersAnswer:
        """What your agents have offered on it, newest first."""
        async with runtime.database.reading() as work:
            await get_in_market(work, application_id)
            found = await list_offers(work, application_id, of_tenant=work.bounds.tenant)
        return OffersAnswer([present_offer(one) for one in found])

    @post("/{application_id:uuid}/offers", opt=ACT)
    async def offer(
        self,
        application_id: FromPath[UUID],
        data: JSONBody[OfferBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OfferView:
        """Offer to make a payment; an earlier open offer of the same agent gives way to it.

        403 `offer_not_allowed` where the application's tenant prices it itself.
        """
        async with runtime.database.reading() as work:
            agent = await get_own_agent(work, data.agent_id)
            await get_in_market(work, application_id)
        # The application is another tenant's; what is seen of it has been decided.
        everybody = runtime.database.within(EVERYTHING)
        async with everybody.unit_of_work(actor=actor) as work:
            application = await get_application(work, application_id)
            is_theirs = agent.tenant != application.tenant
            who = Who(Role.OTHER_AGENT if is_theirs else Role.AGENT, actor, agent.id)
            made = await make_offer(work, application_id, agent.id, data.to_terms(), who)
            return await answered(work, present_offer(made))

    @post("/{application_id:uuid}/offers/{offer_id:uuid}/withdraw", status_code=200, opt=ACT)
    async def withdraw(
        self,
        application_id: FromPath[UUID],
        offer_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OfferView:
        """Take an open offer back; again is fine."""
        async with runtime.database.reading() as work:
            await _check_own(work, application_id, offer_id)
        everybody = runtime.database.within(EVERYTHING)
        async with everybody.unit_of_work(actor=actor) as work:
            ended = await withdraw_offer(work, application_id, offer_id)
            return await answered(work, present_offer(ended))


async def _check_own(work: UnitOfWork, application_id: UUID, offer_id: UUID) -> None:
    """It was made by an agent of the caller's; raises ``OfferNotFound``."""
    offer = await get_offer(work, application_id, offer_id)
    found = await list_offers(work, application_id, of_tenant=work.bounds.tenant)
    if offer.id not in {one.id for one in found}:
        raise OfferNotFound(id=offer_id)
