"""What time ends: offers that run out, and ordinary applications whose day has passed."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from tests.locks import until_waiting
from tests.transfers.house import FIELDS, House
from tests.transfers.pricing import price
from tests.transfers.test_offers import OTHERS, OWNER, TERMS, now
from tramita.kit.clock import advance_clock
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.transfers.agents import change_agent
from tramita.transfers.errors import InvalidTransition
from tramita.transfers.journey.watch_time import watch_time
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application, Offer
from tramita.transfers.offers import accept_offer, get_offer, make_offer
from tramita.transfers.service import edit_application

DEMO: Final = Settings(mode=Mode.DEMO)
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def watch(house: House) -> None:
    """Look at the clock."""
    database = house.database
    await watch_time(Runtime(DEMO, database, Live(database.connect)))


async def wait(house: House, **span: float) -> None:
    """Let so much time pass, and look."""
    async with house.database.unit_of_work(actor="test") as work:
        await advance_clock(work, DEMO, timedelta(**span))
    await watch(house)


async def due(house: House, days: int) -> Application:
    """An ordinary application that counts, and is wanted within so many days of the house's own."""
    async with house.database.reading() as work:
        here = (await work.now()).astimezone(ZoneInfo(DEMO.time_zone))
    day = here.date() + timedelta(days=days)
    fields = {**FIELDS, "terms": {"deadline": str(day)}}
    made = await house.ordinary(fields=fields)
    assert day == made.deadline
    return await house.move(made.id, T.CHECK, OWNER)


async def offered(house: House, application: Application, hours: float | None) -> Offer:
    """An offer on it that is good for so many hours, or until it is withdrawn."""
    async with house.database.reading() as work:
        until = None if hours is None else await work.now() + timedelta(hours=hours)
    async with house.acting(OTHERS) as work:
        terms = replace(TERMS, valid_until=until)
        return await make_offer(work, application.id, house.stranger, terms, OTHERS)


async def state_of(house: House, offer: Offer) -> str:
    """How an offer stands."""
    async with house.database.reading() as work:
        return str((await get_offer(work, offer.application_id, offer.id)).state)


class TestAnOffer:
    async def test_runs_out_when_its_time_is_over(self, house: House) -> None:
        """Not before; and those that say nothing of time stay."""
        made = await due(house, 30)
        short = await offered(house, made, 2)
        await wait(house, hours=1)
        assert "submitted" == await state_of(house, short)
        other = await due(house, 30)
        endless = await offered(house, other, None)

        await wait(house, hours=2)

        assert ["expired", "submitted"] == [await state_of(house, one) for one in (short, endless)]
        assert "new_in_house" == (await now(house, made)).state

    async def test_whose_time_is_over_is_not_accepted_although_nobody_has_looked(
        self, house: House
    ) -> None:
        """What was offered until noon is nobody's at one minute past."""
        made = await due(house, 30)
        offer = await offered(house, made, 1)
        async with house.database.unit_of_work(actor="test") as work:
            await advance_clock(work, DEMO, timedelta(hours=1, minutes=1))

        with pytest.raises(InvalidTransition) as refused:
            async with house.acting(OWNER) as work:
                await accept_offer(work, made.id, offer.id, OWNER)

        assert "expired" in str(refused.value)
        assert "submitted" == await state_of(house, offer)

    async def test_that_was_accepted_in_time_stays_so(self, house: House) -> None:
        """Time ends nothing that is decided."""
        made = await due(house, 30)
        offer = await offered(house, made, 1)
        async with house.acting(OWNER) as work:
            await accept_offer(work, made.id, offer.id, OWNER)

        await wait(house, hours=2)

        assert "accepted" == await state_of(house, offer)
        assert "offer_accepted" == (await now(house, made)).state


class TestADeadline:
    async def test_cancels_an_ordinary_application_when_its_day_has_passed(
        self, house: House
    ) -> None:
        """The day itself counts; what was offered is declined, and everybody is told why."""
        made = await due(house, 1)
        offer = await offered(house, made, None)
        await wait(house, days=1)
        assert "new_in_house" == (await now(house, made)).state

        await wait(house, days=1)

        found = await now(house, made)
        assert ("cancelled", "its deadline has passed") == (found.state, found.reason)
        assert "declined" == await state_of(house, offer)

    async def test_that_is_put_off_at_that_moment_is_another(self, house: House) -> None:
        """Whoever looks at the clock waits for whoever changes the form."""
        made = await due(house, 1)
        async with house.database.unit_of_work(actor="test") as work:
            await advance_clock(work, DEMO, timedelta(days=2))
            later = (await work.now()).date() + timedelta(days=30)

        async with house.acting(OWNER) as work:
            terms = {"terms": {"deadline": str(later)}}
            await edit_application(work, made.id, terms, None, OWNER)
            looking = asyncio.create_task(watch(house))
            await until_waiting(house.database)
        await looking

        assert "new_in_house" == (await now(house, made)).state

    async def test_is_nothing_to_what_is_accepted(self, house: House) -> None:
        """A contract is not cancelled by a calendar."""
        made = await due(house, 1)
        offer = await offered(house, made, None)
        async with house.acting(OWNER) as work:
            await accept_offer(work, made.id, offer.id, OWNER)

        await wait(house, days=3)

        assert "offer_accepted" == (await now(house, made)).state

    async def test_is_nothing_to_applications_of_a_chat(self, house: House) -> None:
        """However long they take: they have none."""
        draft = await house.draft(fields={**FIELDS, "terms": {"deadline": "2026-01-01"}})
        counted = await house.in_house()
        priced = await house.in_house()
        await price(house, priced)

        await wait(house, days=400)

        assert ["draft", "new_in_house", "offer_accepted"] == [
            (await now(house, one)).state for one in (draft, counted, priced)
        ]

    async def test_is_nothing_to_what_1c_has_offered_for_a_chat(self, house: House) -> None:
        """1C may name a day; what waits for a person then waits for as long as that takes."""
        made = await house.in_house()
        async with house.database.unit_of_work(actor="test") as work:
            await change_agent(work, house.agent, is_active=False)
            day = await work.now() + timedelta(days=1)
        waiting = await price(house, made, valid_until=day)
        await wait(house, days=400)
        async with house.database.unit_of_work(actor="test") as work:
            await change_agent(work, house.agent, is_active=True)

        assert (None, "submitted") == (waiting.valid_until, await state_of(house, waiting))

    async def test_is_over_once_however_many_look(self, house: House) -> None:
        """Two who look at the same moment cancel it once."""
        made = await due(house, 1)
        async with house.database.unit_of_work(actor="test") as work:
            await advance_clock(work, DEMO, timedelta(days=2))

        await asyncio.gather(*(watch(house) for _ in range(2)))

        rows = await house.database.fetch(
            "SELECT to_state FROM history WHERE subject_id = $1 AND to_state = 'cancelled'", made.id
        )
        assert ("cancelled", 1) == ((await now(house, made)).state, len(rows))
