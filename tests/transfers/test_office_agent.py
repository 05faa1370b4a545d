"""1C knows who looks after an application: the agent that it has now, whatever happens on the way."""

from typing import Any, Final

import pytest

from tests.transfers.desk import Desk
from tests.transfers.house import AGENT_NAME, LEAD_NAME
from tests.transfers.pricing import price
from tests.world import until
from tramita.transfers.agents import change_agent
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.office.standing import OnecState
from tramita.transfers.service import assign_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")

# For as long as a test takes: it is let go.
LONG: Final = {"seconds": 600.0}


class TestAnotherAgent:
    async def test_is_told_to_1c_at_once(self, desk: Desk) -> None:
        """Once, and of no agent who is the same; what stands in the form is as it was."""
        made = await desk.at_onec()
        moved = await desk.assign(made.id, desk.house.lead)
        await _until_named(desk, made.id, LEAD_NAME)
        await desk.assign(made.id, desk.house.lead)
        await desk.world.until_at_rest()

        assert ["application_created", "agent_told"] == await desk.effects(made.id)
        assert (1, 1) == (moved.revision, (await desk.application(made.id)).onec_revision)

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("is_answered", [True, False])
    async def test_is_told_anew_where_it_changes_meanwhile(
        self, desk: Desk, *, is_answered: bool
    ) -> None:
        """The last one is the one who stands there, whatever was lost on the way."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "answer_held", operation="tell_agent", arguments={"seconds": 20.0}
        )
        await desk.assign(made.id, desk.house.lead)
        await _until_named(desk, made.id, LEAD_NAME)
        await desk.assign(made.id, desk.house.agent)
        if is_answered:
            await desk.onec.let_go(held)

        await _until_named(desk, made.id, AGENT_NAME)

    async def test_is_the_last_one_also_of_two_who_begin_the_other_way_round(
        self, desk: Desk
    ) -> None:
        """Whoever waits for an application has begun before it was another's."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "answer_held", operation="tell_agent", arguments={"seconds": 20.0}
        )
        who = desk.house.as_lead
        async with desk.house.acting(who) as late:
            await desk.assign(made.id, desk.house.lead)
            await _until_named(desk, made.id, LEAD_NAME)
            await assign_agent(late, made.id, desk.house.agent, who)
        await desk.onec.let_go(held)

        await _until_named(desk, made.id, AGENT_NAME)

    async def test_is_the_last_one_also_where_the_first_has_waited_for_a_form(
        self, desk: Desk
    ) -> None:
        """What 1C is to hear of the first is wanted when that form is there, after the second has begun."""
        made = await desk.at_onec()
        form = await desk.onec.fail("answer_held", operation="update_application", arguments=LONG)
        word = await desk.onec.fail("answer_held", operation="tell_agent", arguments=LONG)
        await desk.edit(made.id, money={"amount": "16000.00"})
        await desk.until_done(made.id, "application_updated")
        await desk.assign(made.id, desk.house.lead)
        who = desk.house.as_lead
        async with desk.house.acting(who) as late:
            await desk.onec.let_go(form)
            await _until_named(desk, made.id, LEAD_NAME)
            await assign_agent(late, made.id, desk.house.agent, who)
        await desk.onec.let_go(word)

        await _until_named(desk, made.id, AGENT_NAME)

    async def test_before_1c_has_the_application_is_told_after(self, desk: Desk) -> None:
        """It was sent with the former one."""
        held = await desk.onec.fail(
            "answer_held", operation="create_application", arguments={"seconds": 20.0}
        )
        made = await desk.house.in_house()
        await desk.until_done(made.id, "application_created")
        await desk.assign(made.id, desk.house.lead)
        await desk.onec.let_go(held)

        await _until_named(desk, made.id, LEAD_NAME)

    async def test_is_told_when_an_offer_is_accepted_at_that_moment(self, desk: Desk) -> None:
        """The former one was taken off the list, so that it had waited for a person."""
        made = await desk.at_onec()
        await _set_listed(desk, is_active=False)
        await price(desk.house, made)
        moved = await desk.assign(made.id, desk.house.lead)
        await _set_listed(desk, is_active=True)

        await _until_named(desk, made.id, LEAD_NAME)
        assert ("offer_accepted", desk.house.lead) == (moved.state, moved.agent_id)

    @pytest.mark.usefixtures("impatient")
    async def test_is_the_last_one_also_where_1c_carries_an_older_form_out_late(
        self, desk: Desk
    ) -> None:
        """Nobody knows yet whether that form is there, and it names the former one."""
        made = await desk.at_onec()
        late = {"seconds": 1.5}
        await desk.fail("update_application", made.id, kind="lost_then_done", arguments=late)
        await desk.fail("find_application", made.id, kind="timeout_before", count=3)
        await desk.edit(made.id, money={"amount": "18000.00"})
        await desk.until_stands(made.id, OnecState.UNKNOWN)
        await desk.assign(made.id, desk.house.lead)
        await desk.until_done(made.id, "application_updated")

        await _until_named(desk, made.id, LEAD_NAME)
        await desk.world.until_at_rest()
        assert LEAD_NAME == await desk.agent_there(made.id)

    @pytest.mark.usefixtures("impatient")
    async def test_is_told_once_more_where_a_form_that_was_refused_is_there_after_all(
        self, desk: Desk
    ) -> None:
        """Its first answer was lost, its second was a no, and 1C has carried the first out late."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "effect_delayed", operation="update_application", arguments={"seconds": 600.0}
        )
        await desk.fail("update_application", made.id, kind="posting_refused")
        await desk.edit(made.id, money={"amount": "19000.00"})
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        await desk.assign(made.id, desk.house.lead)
        await _until_named(desk, made.id, LEAD_NAME)
        await desk.world.until_at_rest()
        await desk.onec.let_go(held)
        await desk.until_done(made.id, "application_updated")
        assert AGENT_NAME == await desk.agent_there(made.id)

        await ask_whether_there(desk.world.runtime, [made.id])

        await _until_named(desk, made.id, LEAD_NAME)

    async def test_is_told_also_where_the_form_before_is_refused(self, desk: Desk) -> None:
        """Its message has waited for that form's."""
        made = await desk.at_onec()
        await desk.onec.act(posting="Сумма больше лимита")
        before = await desk.onec.requests()
        held = await desk.onec.fail(
            "answer_held", operation="update_application", arguments={"seconds": 20.0}
        )
        await desk.edit(made.id, money={"amount": "18500.00"})

        async def is_asked() -> bool:
            return before != await desk.onec.requests()

        await until(is_asked)
        await desk.assign(made.id, desk.house.lead)
        await desk.onec.let_go(held)

        await _until_named(desk, made.id, LEAD_NAME)
        assert OnecState.FAILED_MANUAL is (await desk.standing(made.id)).state

    async def test_that_is_refused_says_nothing_of_the_form(self, desk: Desk) -> None:
        """That is there as before, and goes on; the agent is told anew with what comes next."""
        made = await desk.at_onec()
        await desk.fail("tell_agent", made.id, kind="posting_refused")
        await desk.assign(made.id, desk.house.lead)

        async def is_refused() -> bool:
            return (await desk.standing(made.id)).refused == "agent"

        await until(is_refused)
        refused = await desk.standing(made.id)
        [held] = await desk.world.fetch(
            "SELECT refused_revision FROM office_standings WHERE application_id = $1", made.id
        )
        changed = await desk.edit(made.id, money={"amount": "17500.00"})
        await _until_named(desk, made.id, LEAD_NAME)
        await desk.world.until_at_rest()

        assert (OnecState.ACKED, None) == (refused.state, held["refused_revision"])
        assert (refused.refusal or "").startswith("Не удалось провести")
        assert changed.revision == (await desk.application(made.id)).onec_revision
        assert (await desk.standing(made.id)).refusal is None

    async def test_that_is_refused_hides_no_form_that_the_release_before_is_refused(
        self, desk: Desk
    ) -> None:
        """While both are at work: that one does not write which of our messages it was."""
        made = await desk.at_onec()
        await desk.world.runtime.database.fetch(
            "UPDATE office_standings SET refusal_code = 'other', refused_kind = 'agent' "
            "WHERE application_id = $1",
            made.id,
        )
        besides = await desk.standing(made.id)
        await desk.world.runtime.database.fetch(
            "UPDATE office_standings AS s SET refusal_code = 'other', refused_revision = a.revision "
            "FROM applications AS a WHERE a.id = s.application_id AND s.application_id = $1",
            made.id,
        )
        form = await desk.standing(made.id)

        assert (OnecState.ACKED, "agent") == (besides.state, besides.refused)
        assert (OnecState.FAILED_MANUAL, None) == (form.state, form.refused)


async def _set_listed(desk: Desk, *, is_active: bool) -> None:
    async with desk.house.database.unit_of_work(actor="test") as work:
        await change_agent(work, desk.house.agent, is_active=is_active)


async def _until_named(desk: Desk, id_: Any, agent: str) -> None:
    async def is_so() -> bool:
        await desk.world.hasten()
        return await desk.agent_there(id_) == agent

    await until(is_so)
