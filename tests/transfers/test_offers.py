"""Offers: whose is accepted, by whom, and what comes of the others."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from tests.locks import until_waiting
from tests.transfers.house import FIELDS, MASTER, ONEC, House
from tests.transfers.pricing import SAID, price
from tramita.contracts.service import cancel_contract, get_contract
from tramita.kit.errors import InvalidError
from tramita.kit.money import Money
from tramita.transfers.agents import change_agent
from tramita.transfers.errors import (
    AlreadyAccepted,
    InvalidTransition,
    OfferNotAllowed,
    OnecInWork,
    ReadOnly,
    RoleForbidden,
    StaleRevision,
    StatusForbids,
)
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.model import Application, Offer
from tramita.transfers.offers import (
    Terms,
    accept_offer,
    decline_offer,
    make_offer,
    offer_of,
    withdraw_offer,
)
from tramita.transfers.ports import StatusTold
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.fields import PATHS
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import (
    assign_agent,
    edit_application,
    get_application,
    move_payment,
)
from tramita.transfers.taking import take_conditions, take_status
from tramita.transfers.tenants import change_tenant
from tramita.transfers.views import present_offer
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

TERMS = Terms(Money.parse("160000.00", "RUB"), Money.parse("12500.00", "CNY"), Decimal("12.8"))
OTHERS = Who(Role.OTHER_AGENT, "token:stranger")
OWNER = Who(Role.MANAGER, "token:northway")


async def now(house: House, application: Application) -> Application:
    """The application as it is."""
    async with house.database.reading() as work:
        return await get_application(work, application.id)


async def told(house: House, application: Application, **said: Any) -> Application:
    """1C says how things stand."""
    given = {"message_no": 1, "status": None, "payment_status": None, "operator": "О. С."} | said
    async with house.acting(ONEC) as work:
        return await take_status(work, application.id, StatusTold(**given))


class TestAmounts:
    async def test_have_the_decimals_of_their_currency(self, house: House) -> None:
        """Dinars have three, all of them shown; yens have none, so half of one is nobody's."""
        money = {"amount": "1000.125", "currency": "KWD", "fee_bearer": "OUR"}
        made = await house.in_house(fields={**FIELDS, "money": money})
        more = {"payout_amount": Decimal("1000.120"), "payout_currency": "KWD"}

        offer = await price(house, made, **more)

        shown = present_offer(offer)
        assert ("163034.38", "1000.120") == (shown.payer_amount, shown.payout_amount)
        yens = {"amount": "1000", "currency": "JPY", "fee_bearer": "OUR"}
        other = await house.in_house(fields={**FIELDS, "money": yens})
        more = {"payout_amount": Decimal("1000.50"), "payout_currency": "JPY"}
        with pytest.raises(InvalidError):
            await price(house, other, **more)


class TestConditions:
    async def test_of_1c_are_accepted_by_themselves(self, house: House) -> None:
        """The form is closed to everybody, a contract opened that says what was agreed."""
        made = await house.in_house()

        offer = await price(house, made)

        found = await now(house, made)
        assert ("auto_accepted", house.agent, None) == (
            offer.state,
            offer.agent_id,
            offer.valid_until,
        )
        assert ("offer_accepted", made.id) == (found.state, found.contract_id)
        assert found.read_only_at is not None
        async with house.database.unit_of_work() as work:
            contract = await get_contract(work, made.id)
        shown = dict(contract)["backend"]
        assert ("onec", "offer_accepted", "163034.38") == (
            shown["name"],
            shown["status"],
            shown["conditions"]["payer_amount"],
        )
        assert (MASTER, "onec") == (contract.tenant, contract.backend)

    @pytest.mark.parametrize("who", ["as_client", "as_agent", "as_lead"])
    async def test_close_every_field(self, house: House, who: str) -> None:
        """For clients and agents alike; 1C corrects it as a revision of its own."""
        made = await house.in_house()
        await price(house, made)

        for path in PATHS:
            group, _, name = path.partition(".")
            value: Any = False if name == "personal_data" else "1"
            with pytest.raises(ReadOnly):
                async with house.acting(getattr(house, who)) as work:
                    await edit_application(
                        work, made.id, {group: {name: value}}, None, getattr(house, who)
                    )

        async with house.acting(ONEC) as work:
            changes = {"beneficiary": {"city": "GUANGZHOU"}}
            corrected = await edit_application(work, made.id, changes, None, ONEC)
        assert ("GUANGZHOU", 2) == (corrected.form.beneficiary.city, corrected.revision)

    async def test_that_come_twice_are_one_offer(self, house: House) -> None:
        """The same message has the same answer, whatever has become of it."""
        made = await house.in_house()

        offers = [await price(house, made) for _ in range(2)]

        assert offers[0].id == offers[1].id

    async def test_give_a_contract_to_whoever_waits_for_the_application(self, house: House) -> None:
        """Who gets the application after that has the contract, too: it is taken before."""
        made = await house.in_house()
        is_held, may_end = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with house.acting(house.as_agent) as work:
                await lock_application(work, made.id)
                is_held.set()
                await may_end.wait()

        async with house.acting(ONEC) as work:
            await take_conditions(work, made.id, SAID)
            waiting = asyncio.create_task(hold())
            await until_waiting(house.database)
        await is_held.wait()

        with pytest.raises(asyncpg.LockNotAvailableError):
            await house.database.fetch(
                "SELECT FROM contracts WHERE id = $1 FOR NO KEY UPDATE NOWAIT", made.id
            )
        may_end.set()
        await waiting

    async def test_and_a_change_of_the_form_come_one_after_the_other(self, house: House) -> None:
        """Whoever is first is right: the conditions are stale, or the form is closed."""
        for _ in range(4):
            made = await house.in_house()

            async def change(made: Application = made) -> Application:
                async with house.acting(house.as_agent) as work:
                    changes = {"money": {"amount": "99.00"}}
                    return await edit_application(work, made.id, changes, 2, house.as_agent)

            done = await asyncio.gather(change(), price(house, made), return_exceptions=True)

            found = await now(house, made)
            kinds = {type(one) for one in done}
            if found.state == "offer_accepted":
                assert {Offer} < kinds
                assert Decimal(12500) == found.amount
            else:
                assert {Application, StaleRevision} == kinds
                assert Decimal(99) == found.amount

    @pytest.mark.parametrize(
        ("said", "path"),
        [
            ({"payout_currency": "USD"}, "payout_currency"),
            ({"commission_percent": Decimal(-1)}, "commission_percent"),
            ({"commission_percent": Decimal("0.12345")}, "commission_percent"),
            ({"commission_fixed": Decimal("-0.01")}, "commission_fixed"),
            ({"payer_amount": Decimal("1.00000000000000001")}, "payer_amount"),
            ({"payer_amount": None}, "payer_amount"),
            ({"payout_amount": Decimal(0)}, "payout_amount"),
            ({"payer_currency": "рубли"}, "payer_amount"),
            ({"rate": None}, "rate"),
            ({"rate": Decimal("NaN")}, "rate"),
            ({"agent_id": "01234567-89ab-cdef-0123-456789abcdef"}, "agent_id"),
        ],
    )
    async def test_that_cannot_be_so_are_refused(
        self, house: House, said: dict[str, Any], path: str
    ) -> None:
        """1C is told which of its numbers; the application waits for better ones."""
        made = await house.in_house()

        with pytest.raises(InvalidError) as refused:
            await price(house, made, **said)

        assert path in {one.path for one in refused.value.errors}
        assert "new_in_house" == (await now(house, made)).state

    async def test_for_what_is_not_awaited_are_refused(self, house: House) -> None:
        """A draft, or one that is cancelled."""
        draft = await house.draft()
        with pytest.raises(StatusForbids):
            await price(house, draft)
        await house.move(draft.id, T.CANCEL)
        with pytest.raises(StatusForbids):
            await price(house, draft)

    async def test_wait_for_a_person_when_the_agent_is_off_the_list(self, house: House) -> None:
        """Nothing is accepted for somebody who may not; back on the list, it is."""
        made = await house.in_house()
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=False)

        waiting = await price(house, made)

        assert ("submitted", "new_in_house") == (waiting.state, (await now(house, made)).state)
        assert waiting.why_not is not None
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=True)
        async with house.database.reading() as work:
            jobs = await work.fetch("SELECT entrypoint FROM pgqueuer")
        assert "transfers.consider_conditions" in [row["entrypoint"] for row in jobs]

    async def test_are_accepted_when_the_agent_comes_back_to_the_list_at_that_moment(
        self, house: House
    ) -> None:
        """Whoever puts them on it looks at what waits, and finds nothing that is not there yet."""
        made = await house.in_house()
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=False)

        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=True)
            said = asyncio.create_task(price(house, made))
            await until_waiting(house.database)

        assert "auto_accepted" == (await said).state

    async def test_that_waited_are_accepted_for_another_agent(self, house: House) -> None:
        """A lead gives the application to somebody who is on the list; an agent may not."""
        made = await house.in_house()
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=False)
        waiting = await price(house, made)
        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_agent) as work:
                await assign_agent(work, made.id, house.lead, house.as_agent)

        async with house.acting(house.as_lead) as work:
            moved = await assign_agent(work, made.id, house.lead, house.as_lead)

        async with house.database.reading() as work:
            found = await offer_of(work, made.id)
        assert found is not None
        assert ("offer_accepted", house.lead) == (moved.state, moved.agent_id)
        assert (waiting.id, "auto_accepted", house.lead) == (found.id, found.state, found.agent_id)
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=True)

    async def test_wait_where_the_tenant_is_the_master_no_more(self, house: House) -> None:
        """What was special stays so, and nothing of it happens by itself."""
        made = await house.in_house()
        async with house.database.unit_of_work() as work:
            await change_tenant(work, MASTER, is_master=False)
        try:
            assert "submitted" == (await price(house, made)).state
        finally:
            async with house.database.unit_of_work() as work:
                await change_tenant(work, MASTER, is_master=True)

    async def test_give_way_to_others_until_there_is_money(self, house: House) -> None:
        """Only where 1C says that they do; of all offers one is accepted."""
        made = await house.in_house()
        first = await price(house, made)
        with pytest.raises(AlreadyAccepted):
            await price(house, made, message_no=8)

        second = await price(house, made, message_no=9, supersedes=True)

        async with house.database.reading() as work:
            found = await offer_of(work, made.id)
        assert found is not None
        assert (second.id, "auto_accepted", first.id) == (found.id, found.state, found.supersedes)
        async with house.acting(house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, house.as_client)
        with pytest.raises(AlreadyAccepted):
            await price(house, made, message_no=10, supersedes=True)


class TestWhat1CSays:
    async def test_before_there_are_conditions_is_kept_in_mind(self, house: House) -> None:
        """Work begins as soon as an offer is accepted, and nobody takes it back meanwhile."""
        made = await house.in_house()
        for _ in range(2):
            assert "new_in_house" == (await told(house, made, status="in_work")).state
        with pytest.raises(OnecInWork):
            await house.move(made.id, T.REOPEN_DRAFT)

        await price(house, made)

        found = await now(house, made)
        assert "in_work" == found.state
        async with house.database.unit_of_work() as work:
            assert (await get_contract(work, made.id)).activated

    async def test_leads_to_the_end(self, house: House) -> None:
        """Money comes and goes, and what is completed with a reason needs no documents."""
        made = await house.in_house()
        await price(house, made)
        await told(house, made, status="in_work", payment_status="funds_received")
        for said in ("paid_out", "paid_out", "confirmed"):
            await told(house, made, payment_status=said)

        done = await told(house, made, status="completed", comment="акт подписан на бумаге")

        assert ("completed", "confirmed") == (done.state, done.payment_state)
        assert "completed" == (await told(house, made, status="completed")).state
        with pytest.raises(InvalidTransition):
            await told(house, made, status="in_work")
        returned = await told(house, made, payment_status="returned")
        assert ("completed", "returned") == (returned.state, returned.payment_state)

    @pytest.mark.parametrize("said", [{"status": "парится"}, {"payment_status": "x"}])
    async def test_in_words_that_nobody_knows_is_refused(
        self, house: House, said: dict[str, str]
    ) -> None:
        """And nothing has changed."""
        made = await house.in_house()
        with pytest.raises(InvalidError):
            await told(house, made, **said)


class TestAContract:
    async def test_is_cancelled_with_its_application(self, house: House) -> None:
        """Whoever cancels the contract cancels the application; again changes nothing."""
        made = await house.in_house()
        await price(house, made)

        for _ in range(2):
            async with house.database.unit_of_work(actor="token:x") as work:
                await cancel_contract(work, made.id, "the client has changed their mind")

        found = await now(house, made)
        assert ("cancelled", "the client has changed their mind") == (found.state, found.reason)


class TestAnOrdinaryOffer:
    async def test_is_accepted_by_the_client(self, house: House) -> None:
        """Its agent is the application's from then on, and the other agents' are declined."""
        made = await house.move((await house.ordinary()).id, T.CHECK, OWNER)
        offers = []
        for agent in (house.agent, house.lead, house.agent):
            async with house.acting(OTHERS) as work:
                offers.append(await make_offer(work, made.id, agent, TERMS, OTHERS))

        async with house.acting(OWNER) as work:
            accepted = await accept_offer(work, made.id, offers[2].id, OWNER)

        assert ("offer_accepted", house.agent) == (accepted.state, accepted.agent_id)
        rows = await house.database.fetch(
            "SELECT state FROM offers WHERE application_id = $1 ORDER BY id", made.id
        )
        assert ["superseded", "declined", "accepted"] == [row["state"] for row in rows]
        with pytest.raises(RoleForbidden):
            async with house.acting(OTHERS) as work:
                await make_offer(work, made.id, house.lead, TERMS, OTHERS)

    async def test_is_made_on_ordinary_applications_alone(self, house: House) -> None:
        """The others are priced in 1C."""
        made = await house.in_house()
        with pytest.raises(OfferNotAllowed):
            async with house.acting(OTHERS) as work:
                await make_offer(work, made.id, house.stranger, TERMS, OTHERS)

    async def test_that_is_over_is_not_accepted(self, house: House) -> None:
        """Withdrawn by its agent, or declined by the client; again is fine."""
        made = await house.move((await house.ordinary()).id, T.CHECK, OWNER)
        for end in (withdraw_offer, decline_offer):
            async with house.acting(OTHERS) as work:
                offer = await make_offer(work, made.id, house.agent, TERMS, OTHERS)
            for _ in range(2):
                async with house.acting(OTHERS) as work:
                    await end(work, made.id, offer.id)
            with pytest.raises(InvalidTransition):
                async with house.acting(OWNER) as work:
                    await accept_offer(work, made.id, offer.id, OWNER)
