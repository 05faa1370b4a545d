"""Cards: whose they are, which is the main one, and how they go."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeAlias
from uuid import UUID

import pytest

from tests.locks import count_waiting
from tests.payments.shop import Learner, Shop
from tests.world import until
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.payments.cards import delete_card, list_cards, promote_card, save_card
from tramita.payments.errors import CreditCardInUse, CreditCardNotFound
from tramita.payments.journey.make_schedule import write_schedule
from tramita.payments.ports import SavedCard

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def cards_of(shop: Shop, learner: Learner) -> dict[UUID, bool]:
    """A learner's cards in order, and whether each is the main one."""
    payer = await shop.payer_of(learner)
    async with shop.world.database.unit_of_work(actor="test") as work:
        return {one.id: one.is_main for one in await list_cards(work, payer, "lyra")}


async def delete(shop: Shop, learner: Learner, card: UUID) -> None:
    """Have a learner delete a card."""
    payer = await shop.payer_of(learner)
    async with shop.world.database.unit_of_work(actor="test") as work:
        await delete_card(work, payer, card)


async def save_another(work: UnitOfWork, payer: UUID, _: UUID) -> None:
    """Keep one more card for a payer."""
    await save_card(work, "lyra", payer, SavedCard(new_id().hex, "visa", 12, 2099, "0014", None))


# What is done about a payer's card at the same moment as another thing.
Act: TypeAlias = Callable[[UnitOfWork, UUID, UUID], Awaitable[None]]
# Of so many cards which is deleted, and what is done meanwhile about which of them.
MEANWHILE: Final = {
    "the main one while another is saved": (1, 0, save_another, 0),
    "the main one while another is promoted": (3, 0, promote_card, 1),
    "one that is being promoted": (3, 1, promote_card, 1),
}


class TestTheMainCard:
    async def test_is_the_first(self, shop: Shop) -> None:
        """Until another one is promoted."""
        learner = await shop.learner()
        first, second = [await shop.save_card(learner) for _ in range(2)]
        assert {first: True, second: False} == await cards_of(shop, learner)

        payer = await shop.payer_of(learner)
        async with shop.world.database.unit_of_work(actor="test") as work:
            await promote_card(work, payer, second)

        assert [(second, True), (first, False)] == list((await cards_of(shop, learner)).items())

    async def test_is_one_whoever_is_quicker(self, shop: Shop) -> None:
        """Two cards that are promoted at once: one of them is it."""
        learner = await shop.learner()
        cards = [await shop.save_card(learner) for _ in range(3)]
        payer = await shop.payer_of(learner)

        async def promote(card: UUID) -> None:
            async with shop.world.database.unit_of_work(actor="test") as work:
                await promote_card(work, payer, card)

        await asyncio.gather(*map(promote, cards))

        assert 1 == sum((await cards_of(shop, learner)).values())

    async def test_that_is_deleted_gives_way_to_the_newest(self, shop: Shop) -> None:
        """Whoever has cards has a main one."""
        learner = await shop.learner()
        first, second, third = [await shop.save_card(learner) for _ in range(3)]

        await delete(shop, learner, first)

        assert {third: True, second: False} == await cards_of(shop, learner)

    @pytest.mark.parametrize(("count", "deleted", "act", "of"), MEANWHILE.values(), ids=MEANWHILE)
    async def test_is_one_when_a_card_is_deleted(
        self, shop: Shop, count: int, deleted: int, act: Act, of: int
    ) -> None:
        """Whatever its owner does about their cards in another window meanwhile."""
        learner = await shop.learner()
        cards = [await shop.save_card(learner) for _ in range(count)]
        payer = await shop.payer_of(learner)
        database = shop.world.database

        async def do() -> None:
            # Who promotes a card that goes just then is told that there is none.
            with suppress(CreditCardNotFound):
                async with database.unit_of_work(actor="test") as work:
                    await act(work, payer, cards[of])

        async def is_met() -> bool:
            return doing.done() or await count_waiting(database) > 0

        async with database.unit_of_work(actor="test") as work:
            await delete_card(work, payer, cards[deleted])
            doing = asyncio.create_task(do())
            await until(is_met)
        await doing

        assert 1 == sum((await cards_of(shop, learner)).values())


class TestADeletedCard:
    async def test_is_deleted_at_the_provider_too(self, shop: Shop) -> None:
        """Here at once; nothing is known of its name there any more."""
        learner = await shop.learner()
        card = await shop.save_card(learner)

        await delete(shop, learner, card)
        assert {} == await cards_of(shop, learner)

        async def is_gone() -> bool:
            [row] = await shop.world.fetch(
                "SELECT state, token FROM credit_cards WHERE id = $1", card
            )
            return ("deleted", None) == (row["state"], row["token"])

        await until(is_gone)
        payer = str(await shop.payer_of(learner))
        cancelled = await shop.lyra.ledger("token_cancelled")
        assert [payer] == [row["subject"] for row in cancelled if row["subject"] == payer]

    async def test_that_still_pays_is_not_deleted(self, shop: Shop) -> None:
        """First another one has to be chosen."""
        learner = await shop.payable()
        await shop.schedule(learner, starts_in=60)
        [card] = await cards_of(shop, learner)

        with pytest.raises(CreditCardInUse):
            await delete(shop, learner, card)
        await shop.bind(learner, await shop.save_card(learner))
        await delete(shop, learner, card)

        assert card not in await cards_of(shop, learner)

    async def test_that_is_to_pay_what_is_being_written_is_not_deleted(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The schedule is written and not committed: nobody else sees yet what the card pays."""
        learner = await shop.payable()
        [card] = await cards_of(shop, learner)
        written, goes_on = asyncio.Event(), asyncio.Event()

        async def hold(*_: object) -> None:
            written.set()
            await goes_on.wait()

        monkeypatch.setattr(shop.keeper, "installments_changed", hold)
        starts_on = await shop.today() + timedelta(days=60)
        ends_on = starts_on + timedelta(days=300)
        writing = asyncio.create_task(
            write_schedule(shop.world.runtime, learner.contract, starts_on, ends_on, None, False)
        )
        await written.wait()
        deleting = asyncio.create_task(delete(shop, learner, card))

        async def is_met() -> bool:
            return deleting.done() or await count_waiting(shop.world.database) > 0

        await until(is_met)
        goes_on.set()
        await writing

        with pytest.raises(CreditCardInUse):
            await deleting
        assert [card] == list(await cards_of(shop, learner))

    async def test_of_somebody_else_is_not_there(self, shop: Shop) -> None:
        """It can be neither deleted nor bound."""
        learner, other = await shop.learner(), await shop.learner()
        theirs = await shop.save_card(other)

        with pytest.raises(CreditCardNotFound):
            await delete(shop, learner, theirs)
        with pytest.raises(CreditCardNotFound):
            await shop.bind(learner, theirs)

        assert [theirs] == list(await cards_of(shop, other))


class TestACardThatIsNoGood:
    async def test_for_want_of_validity_is_not_saved(self, shop: Shop) -> None:
        """Its form stays open for another one."""
        learner = await shop.learner()

        saved = await shop.save_card_if(learner, month=1, year=2001)

        assert saved == {"is_done": False, "asks": False}
        assert {} == await cards_of(shop, learner)

    async def test_asks_for_its_owner_first(self, shop: Shop) -> None:
        """3-D Secure: until they prove who they are, there is no card."""
        learner = await shop.learner()
        number = "4970100000000048"

        asked = await shop.save_card_if(learner, card=number, is_proven=False)

        assert asked == {"is_done": False, "asks": True}
        assert await shop.save_card(learner, card=number) in await cards_of(shop, learner)

    async def test_without_its_banks_consent_debits_nothing(self, shop: Shop) -> None:
        """It does not count as a way to pay."""
        learner = await shop.payable()
        await shop.world.fetch(
            "UPDATE credit_cards SET issuer_reference = NULL WHERE id IN "
            "(SELECT card_id FROM payment_accounts WHERE contract_id = $1)",
            learner.contract,
        )

        assert not (await shop.account(learner)).has_payment_method
