"""``/api/v1/credit-cards``: a learner's own cards."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR, USER
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime, FromUser
from tramita.kit.jwt_users import JWTUser
from tramita.kit.runtime import Runtime
from tramita.kit.texts import OF_PEOPLE
from tramita.payments.cards import (
    OwnedCard,
    delete_card,
    find_card_of,
    find_payer_of,
    list_cards,
    promote_card,
    rename_card,
)
from tramita.payments.errors import CreditCardNotFound
from tramita.payments.forms import open_card_form
from tramita.payments.settings import PaymentSettings

OWN: Final[dict[str, Any]] = {"jwt": True}
ACT: Final[dict[str, Any]] = OWN | {"idempotent": True}

Title = Annotated[str, Meta(min_length=1, max_length=100, pattern=OF_PEOPLE)]


class CardAnswer(Struct):
    """A card, as far as anybody may know it; it is good until the end of its month."""

    id: UUID
    title: str | None
    brand: str
    expiration_month: int
    expiration_year: int
    last_numbers: str
    is_main: bool
    is_expired: bool


class CardsAnswer(Struct):
    """Cards, the main one first, then the newest."""

    items: list[CardAnswer]


class CardBody(Struct, forbid_unknown_fields=True):
    """What may be changed of a card."""

    title: Title | None


class FormAnswer(Struct):
    """A form of the provider in which a card is saved: as a page, or for a page of your own."""

    provider_name: str
    form_token: str
    url: str | None
    configuration: dict[str, str]


class CreditCardsController(Controller):
    """Your cards; somebody else's is 404."""

    path = "/api/v1/credit-cards"
    tags = ["Payments"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR | USER

    @get(opt=OWN)
    async def list_all(self, runtime: FromRuntime, user: FromUser) -> CardsAnswer:
        """Your cards at the present payment provider."""
        provider = runtime.configured(PaymentSettings).provider
        async with runtime.database.unit_of_work() as work:
            payer_id = await find_payer_of(work, user.tenant, user.username)
            cards = [] if payer_id is None else await list_cards(work, payer_id, provider)
            today = await _today(work, runtime)
        return CardsAnswer([_shown(one, today) for one in cards])

    @get("/{card_id:uuid}", opt=OWN)
    async def show(
        self, card_id: FromPath[UUID], runtime: FromRuntime, user: FromUser
    ) -> CardAnswer:
        """One of your cards."""
        async with runtime.database.unit_of_work() as work:
            return await _answer(work, runtime, user, card_id)

    @patch("/{card_id:uuid}", opt=OWN)
    async def rename(
        self,
        card_id: FromPath[UUID],
        data: JSONBody[CardBody],
        runtime: FromRuntime,
        user: FromUser,
        actor: FromActor,
    ) -> CardAnswer:
        """Give a card a title of your own."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await rename_card(work, await _payer(work, user), card_id, data.title)
            return await _answer(work, runtime, user, card_id)

    @post("/{card_id:uuid}/promote", status_code=200, opt=ACT)
    async def promote(
        self, card_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> CardAnswer:
        """Make it your main card, in place of the one before. Again is fine."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await promote_card(work, await _payer(work, user), card_id)
            return await answered(work, await _answer(work, runtime, user, card_id))

    @delete("/{card_id:uuid}", opt=OWN)
    async def remove(
        self, card_id: FromPath[UUID], runtime: FromRuntime, user: FromUser, actor: FromActor
    ) -> None:
        """Delete a card, here at once and then at the provider.

        409 `credit_card_in_use` while something is to be paid with it.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            await delete_card(work, await _payer(work, user), card_id)

    @post("/tokenize-card", status_code=200, opt=OWN)
    async def tokenize(self, runtime: FromRuntime, user: FromUser) -> FormAnswer:
        """A form of the payment provider in which you save a card; it is listed soon after."""
        opened = await open_card_form(runtime, user.tenant, user.username, user.email)
        form = opened.form
        return FormAnswer(opened.provider, form.token, form.url, dict(form.configuration))


async def _payer(work: UnitOfWork, user: JWTUser) -> UUID:
    payer_id = await find_payer_of(work, user.tenant, user.username)
    if payer_id is None:
        raise CreditCardNotFound
    return payer_id


async def _today(work: UnitOfWork, runtime: Runtime) -> date:
    """Which day it is where payments are decided upon."""
    return runtime.configured(PaymentSettings).day_of(await work.now())


async def _answer(work: UnitOfWork, runtime: Runtime, user: JWTUser, card_id: UUID) -> CardAnswer:
    card = await find_card_of(work, await _payer(work, user), card_id)
    if card is None:
        raise CreditCardNotFound
    return _shown(card, await _today(work, runtime))


def _shown(card: OwnedCard, today: date) -> CardAnswer:
    return CardAnswer(
        card.id,
        card.title,
        card.brand,
        card.expiration_month,
        card.expiration_year,
        card.last_numbers,
        card.is_main,
        card.is_expired(today),
    )
