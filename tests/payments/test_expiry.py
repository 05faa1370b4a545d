"""Cards whose time runs out: told of once, in time, and let go of when nothing is paid with them."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio

from tests.jwts import bearing
from tests.payments.shop import Learner, Shop
from tests.world import until
from tramita.payments.journey.watch_cards import watch_cards

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def shop(shop: Shop) -> AsyncIterator[Shop]:
    """A shop that tells of cards well before their month is over, and somebody who listens."""
    hook = {"url": "http://127.0.0.1:9/hook", "event_types": ["credit_card.expiring"]}
    async with shop.world.api.post("/api/v1/webhooks/endpoints", json=hook) as answer:
        assert 201 == answer.status, await answer.text()
    shop.world.runtime.configure(shop.settings.model_copy(update={"card_days": 40}))
    yield shop
    shop.world.runtime.configure(shop.settings)


async def this_month(shop: Shop) -> dict[str, int]:
    """A card that is good for what is left of the month."""
    today = await shop.today()
    return {"month": today.month, "year": today.year}


async def told(shop: Shop, learner: Learner) -> list[Any]:
    """What subscribers were told of a contract's card."""
    asked = {"subject_id": str(learner.contract), "type": "credit_card.expiring"}
    async with shop.world.api.get("/api/v1/webhooks/events", params=asked) as answer:
        listed = (await answer.json())["items"]
    bodies = []
    for one in listed:
        async with shop.world.api.get(f"/api/v1/webhooks/events/{one['id']}") as answer:
            bodies.append((await answer.json())["body"]["data"])
    return bodies


class TestACardThatWillBeOver:
    async def test_is_told_of_once(self, shop: Shop) -> None:
        """Before the first instalment that it cannot pay; again only when it is another card."""
        learner = await shop.payable("150.00", **await this_month(shop))
        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending")

        for _ in range(2):
            await watch_cards(shop.world.runtime)
        [data] = await told(shop, learner)
        second = (await shop.account(learner)).installments[1]
        assert (str(second.due_date), "0014") == (data["due_date"], data["last_numbers"])

        await shop.bind(learner, await shop.save_card(learner, **await this_month(shop)))
        await watch_cards(shop.world.runtime)
        assert 2 == len(await told(shop, learner))

    async def test_is_not_told_of_where_it_lasts_long_enough(self, shop: Shop) -> None:
        """For all that it is to pay, or because there is nothing more to pay."""
        lasting = await shop.payable("150.00")
        await shop.schedule(lasting)
        done = await shop.payable("150.00", **await this_month(shop))
        await shop.schedule(done, lasts=0)
        await shop.until_states(done, "paid")

        await watch_cards(shop.world.runtime)

        assert [[], []] == [await told(shop, one) for one in (lasting, done)]


class TestACardOfAYearThatIsNone:
    async def test_keeps_nobody_from_looking_at_the_others(self, shop: Shop) -> None:
        """Whatever a provider says: it counts as over, or as good for longer than anything lasts."""
        strange = await shop.save_card(await shop.learner(), **await this_month(shop))
        learner = await shop.payable("150.00", **await this_month(shop))
        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending")

        for year in (0, 99_999_999):
            await shop.world.fetch(
                "UPDATE credit_cards SET expiration_year = $2 WHERE id = $1", strange, year
            )
            await watch_cards(shop.world.runtime)

        assert 1 == len(await told(shop, learner))


class TestACardThatIsOver:
    async def test_is_let_go_of_unless_it_is_to_pay_something(self, shop: Shop) -> None:
        """Here at once, and then at its provider; the owner's other card is the main one then."""
        payer = await shop.payable("150.00", **await this_month(shop))
        await shop.schedule(payer)
        await shop.until_states(payer, "paid", "pending")
        saver = await shop.learner()
        await shop.save_card(saver, **await this_month(shop))
        kept = await shop.save_card(saver)
        span = timedelta(days=40)
        await shop.world.advance(span)
        await shop.lyra.advance("40d")

        await watch_cards(shop.world.runtime)
        await shop.world.until_at_rest()

        cards = await shop.world.fetch(
            "SELECT o.payer_id, c.id, c.state, c.token IS NULL AS is_forgotten, o.is_main "
            "FROM credit_cards AS c LEFT JOIN card_owners AS o ON o.card_id = c.id "
            "WHERE o.payer_id = ANY($1) OR o.payer_id IS NULL ORDER BY c.id",
            [await shop.payer_of(one) for one in (payer, saver)],
        )
        owned = {row["payer_id"]: (row["id"], row["state"]) for row in cards if row["payer_id"]}
        assert {await shop.payer_of(payer), await shop.payer_of(saver)} == set(owned)
        assert (kept, "active") == owned[await shop.payer_of(saver)]
        gone = [(row["state"], row["is_forgotten"]) for row in cards if row["payer_id"] is None]
        assert gone
        assert {("deleted", True)} == set(gone)

    async def test_is_over_at_midnight_where_payments_are_decided(self, shop: Shop) -> None:
        """In the evening before by the clock of whoever is further west."""
        learner = await shop.learner()
        await shop.save_card(learner, **await this_month(shop))
        today = await shop.today()
        first = datetime(today.year + today.month // 12, today.month % 12 + 1, 1)
        midnight = first.replace(tzinfo=ZoneInfo("Europe/Paris"))
        [row] = await shop.world.fetch("SELECT tramita_now() AS now")
        await shop.world.advance(midnight + timedelta(minutes=5) - row["now"])

        async def is_over() -> bool:
            async with (
                aiohttp.ClientSession(headers=bearing(learner.name)) as session,
                session.get(f"{shop.world.url}/api/v1/credit-cards") as answer,
            ):
                return bool((await answer.json())["items"][0]["is_expired"])

        await until(is_over)
