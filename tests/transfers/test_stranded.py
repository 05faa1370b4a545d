"""Money of applications that are over: it is written down as it is, told, and sent back by a person."""

from typing import Any

import pytest

from tests.transfers.house import ONEC, House
from tests.transfers.pricing import price
from tramita.contracts.service import get_contract
from tramita.transfers.attention import Need, count_cases, list_cases
from tramita.transfers.console.cases import ATTENTION
from tramita.transfers.errors import OnecRefused, StatusForbids
from tramita.transfers.lifecycle import ApplicationTrigger, PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.ports import StatusTold
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import get_application, move_payment
from tramita.transfers.taking import take_status
from tramita.transfers.views import present_application
from tramita.transfers.webapp.reading import view_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def cancelled(house: House, *, is_sent: bool = True) -> Application:
    """One that was cancelled after an offer had been accepted, and the client's word perhaps."""
    made = await house.in_house()
    await price(house, made)
    if is_sent:
        async with house.acting(house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, house.as_client)
    trigger = ApplicationTrigger.CANCEL
    return await house.move(made.id, trigger, house.as_lead, reason="the client wants out")


async def told(house: House, application: Application, **said: Any) -> Application:
    """1C says how things stand."""
    given = {"message_no": 1, "status": None, "payment_status": None, "operator": "О. С."} | said
    async with house.acting(ONEC) as work:
        return await take_status(work, application.id, StatusTold(**given))


async def needs(house: House, application: Application) -> list[Need]:
    """What a person is to do about it."""
    async with house.database.reading() as work:
        found = await list_cases(work)
        assert len(found) == await count_cases(work)
        shown = {one.subject_id: one.page for one in await ATTENTION.find(work, len(found))}
    assert {one.application_id: ("application", one.application_id) for one in found} == shown
    return [one.need for one in found if one.application_id == application.id]


async def causes(house: House, application: Application) -> list[str]:
    """Of what its chat was told by messages of their own."""
    async with house.database.reading() as work:
        rows = await work.fetch(
            "SELECT cause FROM chat_sends WHERE subject_id = $1 AND cause IS NOT NULL ORDER BY id",
            application.id,
        )
    return [row["cause"].rpartition(":")[2] for row in rows]


class TestMoney:
    @pytest.mark.parametrize("is_sent", [True, False])
    async def test_that_comes_late_is_written_down_and_sent_back(
        self, house: House, *, is_sent: bool
    ) -> None:
        """Somebody has to send it back, and the chat is told both times, whatever is said again."""
        made = await cancelled(house, is_sent=is_sent)

        for _ in range(2):
            received = await told(house, made, payment_status="funds_received")
            assert ("cancelled", "funds_received") == (received.state, received.payment_state)
            assert [Need.RETURN_MONEY] == await needs(house, made)
        returned = await told(house, made, payment_status="returned")

        assert "returned" == returned.payment_state
        assert [] == await needs(house, made)
        assert ["funds_received", "returned"] == await causes(house, made)

    @pytest.mark.parametrize("is_sent", [True, False])
    async def test_may_go_straight_back(self, house: House, *, is_sent: bool) -> None:
        """1C tells of it when it is over: nobody has to do anything."""
        made = await cancelled(house, is_sent=is_sent)

        returned = await told(house, made, payment_status="returned")

        assert "returned" == returned.payment_state
        assert [] == await needs(house, made)
        assert ["returned"] == await causes(house, made)

    async def test_is_true_whatever_is_said_besides(self, house: House) -> None:
        """What is over stays so, and 1C's own word of it is kept beside it."""
        made = await cancelled(house)

        said = await told(house, made, status="in_work", payment_status="funds_received")

        assert ("cancelled", "in_work", "funds_received") == (
            said.state,
            said.onec_status,
            said.payment_state,
        )

    async def test_that_went_on_is_settled_by_a_person(self, house: House) -> None:
        """Until it has come to rest, there or here."""
        made = await cancelled(house)
        await told(house, made, payment_status="funds_received")
        await told(house, made, payment_status="paid_out")
        assert [Need.SETTLE_MONEY] == await needs(house, made)

        await told(house, made, payment_status="confirmed")

        assert [] == await needs(house, made)

    async def test_may_come_for_what_was_rejected(self, house: House) -> None:
        """And for what was cancelled before anything was offered."""
        for how in ("rejected", "cancelled"):
            made = await house.in_house()
            if how == "rejected":
                await told(house, made, status="rejected", comment="Санкции")
            else:
                await house.move(made.id, ApplicationTrigger.CANCEL)

            await told(house, made, payment_status="funds_received")

            assert [Need.RETURN_MONEY] == await needs(house, made)

    async def test_problem_counts_if_it_is_new(self, house: House) -> None:
        """One that was known when the application was cancelled is nobody's work any more."""
        known = await house.in_house()
        await price(house, known)
        await told(house, known, payment_status="problem")
        await house.move(known.id, ApplicationTrigger.CANCEL, house.as_lead, reason="no use")
        new = await cancelled(house)
        await told(house, new, payment_status="problem")

        assert [] == await needs(house, known)
        assert [Need.SETTLE_MONEY] == await needs(house, new)

    async def test_problem_is_new_also_where_whoever_tells_of_it_has_waited(
        self, house: House
    ) -> None:
        """They have begun before the application was at its end."""
        made = await house.in_house()
        await price(house, made)
        problem = StatusTold(1, None, "problem", "О. С.")
        async with house.acting(ONEC) as late:
            await house.move(made.id, ApplicationTrigger.CANCEL, house.as_lead, reason="no use")
            await take_status(late, made.id, problem)

        assert [Need.SETTLE_MONEY] == await needs(house, made)

    async def test_is_shown_where_the_application_is(self, house: House) -> None:
        """And by its contract; one that is under way needs nobody."""
        made = await cancelled(house)
        await told(house, made, payment_status="funds_received")
        under_way = await house.in_house()
        await price(house, under_way)
        await told(house, under_way, payment_status="funds_received")

        async with house.database.unit_of_work() as work:
            shown = [
                present_application(await get_application(work, one.id), house.as_lead).needs
                for one in (made, under_way)
            ]
            contract = await get_contract(work, made.id)
        assert [Need.RETURN_MONEY, None] == shown
        assert "funds_received" == dict(contract)["backend"]["payment_status"]

    async def test_forbids_cancelling_once_it_is_there(self, house: House) -> None:
        """Only what comes later meets an application that is over."""
        made = await house.in_house()
        await price(house, made)
        await told(house, made, payment_status="funds_received")

        with pytest.raises(OnecRefused):
            await house.move(made.id, ApplicationTrigger.CANCEL, house.as_lead, reason="too late")


class TestTakingBack:
    async def test_is_the_clients_for_some_minutes(self, house: House) -> None:
        """Later an agent does it, and says why; what may be done is what is shown."""
        made = await house.in_house()
        await price(house, made)
        async with house.acting(house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, house.as_client)
        shown = [await payments_shown(house, made, Role.CLIENT)]
        async with house.database.unit_of_work(actor="test") as work:
            await work.fetch(
                "UPDATE applications SET payment_moved_at = payment_moved_at - interval '11 minutes' "
                "WHERE id = $1",
                made.id,
            )
        shown += [await payments_shown(house, made, one) for one in (Role.CLIENT, Role.AGENT)]

        with pytest.raises(StatusForbids):
            async with house.acting(house.as_client) as work:
                await move_payment(work, made.id, PaymentTrigger.TAKE_BACK, house.as_client)
        async with house.acting(house.as_agent) as work:
            taken = await move_payment(
                work, made.id, PaymentTrigger.TAKE_BACK, house.as_agent, reason="not sent at all"
            )

        assert ["none", [["none"], [], ["none"]]] == [taken.payment_state, shown]


async def payments_shown(house: House, application: Application, role: Role) -> list[str]:
    """Where somebody in the Mini App may move the money."""
    async with house.database.unit_of_work(actor="test") as work:
        found = await get_application(work, application.id)
        view = await view_of(work, found, role)
    return [one.value for one in view.transitions.payment]
