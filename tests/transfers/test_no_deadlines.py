"""What comes from a chat knows no time: whatever is filled in, said and done, nothing of it has a deadline."""

from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import pytest

from tests.transfers.house import FIELDS, MASTER, House
from tests.transfers.pricing import price
from tests.transfers.test_watching import wait
from tramita.kit.errors import TramitaError
from tramita.transfers.agents import change_agent
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.rules.kinds import Origin
from tramita.transfers.service import assign_agent, edit_application, get_application

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIVES: Final = 24
_WHO: Final = ("as_client", "as_agent", "as_lead")


def _fields(random: Random) -> dict[str, Any]:
    """A form as somebody may send it: some of it, and a day by which it is wanted."""
    groups = {name: group for name, group in FIELDS.items() if random.random() < 0.8}
    day = date(2026, 1, 1) + timedelta(days=random.randrange(800))
    wanted = random.choice([str(day), "", "tomorrow", "2026-02-30"])
    return {**groups, "terms": {"deadline": wanted, "urgency": random.choice(["", "soon"])}}


async def _step(house: House, random: Random, made: Application) -> None:
    """Somebody does something with it, whether that may be done or not."""
    who = getattr(house, random.choice(_WHO))
    match random.randrange(7):
        case 0 | 1:
            async with house.acting(who) as work:
                await edit_application(work, made.id, _fields(random), None, who)
        case 2:
            await edit_whole(house, made)
            await house.move(made.id, T.SUBMIT, house.as_client)
        case 3:
            await edit_whole(house, made)
            checked = await house.move(made.id, T.CHECK)
            if random.random() < 0.5:
                await price(house, checked, message_no=random.randrange(1, 2**31))
        case 4:
            await price(house, made, message_no=random.randrange(1, 2**31))
        case 5:
            await house.move(made.id, random.choice([T.RETURN, T.REOPEN_DRAFT]), who)
        case _:
            async with house.acting(house.as_lead) as work:
                agent = random.choice([house.agent, house.lead])
                await assign_agent(work, made.id, agent, house.as_lead)


async def edit_whole(house: House, made: Application) -> None:
    """The agent fills in what is missing, with a day besides."""
    whole = {**FIELDS, "terms": {"deadline": "2026-03-01"}}
    async with house.acting(house.as_agent) as work:
        await edit_application(work, made.id, whole, None, house.as_agent)


async def test_nothing_of_a_chats_application_has_a_deadline(house: House) -> None:
    """Neither it nor an offer on it, nor a job that waits for a day; and years change nothing of it."""
    random, made = Random(20261130), []
    for _ in range(LIVES):
        # 1C names a day with its conditions; of some the agent is off the list, and they wait.
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=True)
        who = getattr(house, random.choice(_WHO))
        one = await house.draft(who, origin=random.choice([*Origin]), fields=_fields(random))
        for _ in range(random.randrange(8)):
            async with house.database.unit_of_work() as work:
                await change_agent(work, house.agent, is_active=random.random() < 0.8)
                now = await get_application(work, one.id)
            with suppress(TramitaError):  # What may not be done is not.
                await _step(house, random, now)
        made.append(one.id)

    columns = "SELECT state, deadline, fields::text FROM applications WHERE id = ANY($1::uuid[])"
    before = await house.database.fetch(f"{columns} ORDER BY id", made)
    offers = await house.database.fetch(
        "SELECT valid_until, state FROM offers WHERE application_id = ANY($1::uuid[])", made
    )
    jobs = await house.database.fetch(
        "SELECT entrypoint, convert_from(payload, 'UTF8') AS said FROM pgqueuer "
        "WHERE execute_after > now() + interval '1 hour'"
    )
    await wait(house, days=1200)
    after = await house.database.fetch(f"{columns} ORDER BY id", made)

    states = {row["state"] for row in before}
    assert {"draft", "submitted", "new_in_house", "offer_accepted"} <= states
    assert {None} == {row["deadline"] for row in before}
    assert offers
    assert {None} == {row["valid_until"] for row in offers}
    assert [] == [row for row in jobs if any(str(one) in (row["said"] or "") for one in made)]
    assert [row["state"] for row in before] == [row["state"] for row in after]
    for id_ in made:
        async with house.database.reading() as work:
            found = await get_application(work, id_)
        assert MASTER == found.tenant
        assert "" == found.form.terms.deadline
