"""A 1C that is told through OData: one document of an application, whatever is lost between its calls."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from tests.transfers.desk import QUICK, Desk, open_desk
from tests.transfers.house import LEAD_NAME
from tests.transfers.pricing import price
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.office.standing import OnecState
from tramita.transfers.service import move_payment

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = 10
# Of any of the calls that write: done or not, or later, and no word of it.
LOST = (
    {"kind": "reset_after_effect"},
    {"kind": "reset_before_effect"},
    {"kind": "timeout_before"},
    {"kind": "lost_then_done", "arguments": {"seconds": 1.0}},
    {"kind": "answer_held", "arguments": {"seconds": 1.5}},
    {"kind": "internal"},
    {"kind": "html_with_200"},
    {"kind": "html_error"},
    {"kind": "half_body"},
    {"kind": "locked"},
)
WRITES = ("odata_create", "odata_post", "odata_write")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module, where no busy machine makes 1C late."""
    async with open_desk(
        server, tmp_path_factory.mktemp("desk"), deadline="20", way="odata"
    ) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(shared_desk: Desk) -> AsyncIterator[Desk]:
    """The desk; when a test is over 1C is well, and nothing is left to do."""
    yield shared_desk
    await shared_desk.onec.mend()
    usual = {"writes": "plain", "dates": "iso", "numbers": "text", "feeds": "json", "posting": ""}
    await shared_desk.onec.act(is_idempotent=True, licences=1000, refuses_cancel=False, **usual)
    await shared_desk.world.until_at_rest()


async def until_done(desk: Desk, id_: Any, effect: str, times: int = 1) -> None:
    """Wait until something has happened to an application there."""

    async def is_so() -> bool:
        await desk.world.hasten()
        return (await desk.effects(id_)).count(effect) >= times

    await until(is_so)


class TestAnApplication:
    async def test_goes_there_and_follows(self, desk: Desk) -> None:
        """Written, posted and taken; changed, paid, given up, and all of it the same document."""
        made = await desk.at_onec()
        await desk.edit(made.id, money={"amount": "13000.00"})
        await until_done(desk, made.id, "application_accepted", 2)
        await desk.until_stands(made.id, OnecState.ACKED)
        changed = await desk.application(made.id)
        await price(desk.house, changed)
        async with desk.house.acting(desk.house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, desk.house.as_client)
        await until_done(desk, made.id, "payment_told")
        await desk.house.move(made.id, T.CANCEL, desk.house.as_lead, reason="moved")
        await until_done(desk, made.id, "application_unposted")

        assert [
            *("application_created", "application_posted", "application_accepted"),
            *("application_updated", "application_posted", "application_accepted"),
            *("payment_told", "application_cancelled", "application_unposted"),
        ] == await desk.effects(made.id)
        assert str(made.id) == made.onec_ref == changed.onec_ref
        assert changed.revision == changed.onec_revision

    async def test_is_another_agents_there_too(self, desk: Desk) -> None:
        """One attribute of the same document, also where the answer was lost."""
        made = await desk.at_onec()
        match = {"external_id": str(made.id)}
        await desk.onec.fail("reset_after_effect", operation="odata_write", match=match, count=1)
        await desk.assign(made.id, desk.house.lead)
        await until_done(desk, made.id, "agent_told")
        await desk.world.until_at_rest()

        assert LEAD_NAME == await desk.agent_there(made.id)
        effects = await desk.effects(made.id)
        assert [1, 1] == [effects.count(one) for one in ("application_created", "agent_told")]

    @pytest.mark.parametrize("kind", ["reset_after_effect", "reset_before_effect"])
    async def test_has_what_people_add_there_too(self, desk: Desk, kind: str) -> None:
        """One attribute of the same document, of which the form is closed, also where the answer was lost."""
        made = await desk.at_onec()
        await price(desk.house, made)
        match = {"external_id": str(made.id)}
        await desk.onec.fail(kind, operation="odata_write", match=match, count=1)
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        effects = await desk.effects(made.id)
        assert [1, 1] == [effects.count(one) for one in ("application_created", "files_told")]

    @pytest.mark.usefixtures("impatient")
    async def test_hears_what_is_taken_back_before_it_is_said_again(self, desk: Desk) -> None:
        """Of money: another word under the number that 1C has is written all the same."""
        made, client = await desk.at_onec(), desk.house.as_client
        await price(desk.house, made)
        match, arguments = {"external_id": str(made.id)}, {"seconds": 20.0}
        await desk.onec.fail(
            "answer_held", operation="odata_write", match=match, arguments=arguments
        )
        for times, trigger in enumerate([PaymentTrigger.SEND, PaymentTrigger.TAKE_BACK], start=1):
            async with desk.house.acting(client) as work:
                await move_payment(work, made.id, trigger, client)
            await until_done(desk, made.id, "payment_told", times)

        told = [one["data"] for one in await desk.onec.effects() if one["subject"] == str(made.id)]
        assert "none" == told[-1]["payment"]

    async def test_that_is_taken_back_is_taken_up_again(self, desk: Desk) -> None:
        """The document stays the same one, and is posted anew."""
        made = await desk.at_onec()
        await desk.house.move(made.id, T.REOPEN_DRAFT)
        await until_done(desk, made.id, "application_unposted")
        await desk.house.move(made.id, T.CHECK)
        await until_done(desk, made.id, "application_accepted", 2)

        await desk.until_stands(made.id, OnecState.ACKED)
        assert made.onec_ref == (await desk.application(made.id)).onec_ref

    @pytest.mark.parametrize(
        "dirt",
        [
            {"feeds": "atom"},
            {"writes": "bom", "dates": "empty", "numbers": "comma"},
            {"writes": "wrong_charset", "dates": "russian", "numbers": "blanks"},
            {"feeds": "atom", "writes": "windows-1251", "dates": "offset", "numbers": "number"},
            {"dates": "blank", "feeds": "atom", "writes": "bom"},
        ],
    )
    async def test_is_read_however_the_base_writes(self, desk: Desk, dirt: dict[str, str]) -> None:
        """A date that is empty is none; a number for people is as it was."""
        await desk.onec.act(**dirt)
        made = await desk.at_onec()

        assert (made.onec_number or "").startswith("ПА00-")
        has_date = dirt.get("dates") not in ("empty", "blank")
        assert has_date == (made.onec_date is not None)


class TestTrouble:
    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("keeps_references", [True, False])
    async def test_makes_no_second_document(self, desk: Desk, *, keeps_references: bool) -> None:
        """Also of a base that gives references of its own, and so knows no repetition."""
        await desk.onec.act(is_idempotent=keeps_references)
        drafts = [await desk.house.draft() for _ in range(SEEDS)]
        for seed, draft in enumerate(drafts):
            random = Random(seed)
            for operation in WRITES:
                fault = dict(random.choice(LOST))
                kind = fault.pop("kind")
                match = {"external_id": str(draft.id)}
                await desk.onec.fail(str(kind), operation=operation, match=match, **fault)
        for draft in drafts:
            await desk.house.move(draft.id, T.CHECK)

        for draft in drafts:
            await desk.until_stands(draft.id, OnecState.ACKED, deadline=60)

        await until(desk.onec.is_idle)
        for draft in drafts:
            effects = await desk.effects(draft.id)
            assert 1 == effects.count("application_created")
            assert {"application_posted", "application_accepted"} <= set(effects)

    async def test_of_its_rules_is_told_in_its_own_words(self, desk: Desk) -> None:
        """It stands there, not taken, with a link to it; it goes on when the form was changed."""
        words = "Не заполнено соглашение с контрагентом"
        await desk.onec.act(posting=words)
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        shown = await desk.application(made.id)

        assert (words, 0) == ((await desk.standing(made.id)).refusal, shown.onec_revision)
        assert shown.onec_link
        await desk.onec.act(posting="")
        await desk.edit(made.id, money={"amount": "15000.00"})
        await desk.until_stands(made.id, OnecState.ACKED)
        assert 1 == (await desk.effects(made.id)).count("application_created")

    async def test_that_passes_is_waited_for(self, desk: Desk) -> None:
        """Without a licence nothing is done."""
        await desk.onec.operate("lose_sessions")
        await desk.onec.act(licences=0)
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_RETRY)

        await desk.onec.act(licences=1000)
        await desk.until_stands(made.id, OnecState.ACKED)
        assert 1 == (await desk.effects(made.id)).count("application_created")

    @pytest.mark.usefixtures("slow_office", "impatient")
    async def test_of_a_posting_that_revives_what_is_given_up_is_mended(self, desk: Desk) -> None:
        """1C posts it after it was told to undo that; it is told that again, once."""
        made = await desk.at_onec()
        match = {"external_id": str(made.id)}
        held = await desk.onec.fail(
            "effect_delayed", operation="odata_post", match=match, arguments={"seconds": 600.0}
        )
        await desk.edit(made.id, money={"amount": "16500.00"})
        await desk.until_stands(made.id, OnecState.UNKNOWN)
        await desk.house.move(made.id, T.CANCEL)
        await until_done(desk, made.id, "application_unposted")
        await desk.world.until_at_rest()
        posted = (await desk.effects(made.id)).count("application_posted")
        await desk.onec.let_go(held)
        await until_done(desk, made.id, "application_posted", posted + 1)

        desk.world.runtime.configure(QUICK)
        await desk.until_looked_at(made.id)
        await desk.until_looked_at(made.id)

        effects = await desk.effects(made.id)
        assert "application_unposted" == effects[-1]
        assert [1, 2] == [
            effects.count(one) for one in ("application_cancelled", "application_unposted")
        ]

    async def test_of_an_old_copy_is_seen(self, desk: Desk) -> None:
        """What is lost there is shown as lost."""
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        made = await desk.at_onec()
        await desk.onec.operate("restore_copy")

        await ask_whether_there(desk.world.runtime, [made.id])

        assert OnecState.LOST_IN_1C is (await desk.standing(made.id)).state

    async def test_with_money_ends_nothing(self, desk: Desk) -> None:
        """1C has it, as it says: nothing is given up there, and its word is not written over."""
        made = await desk.at_onec()
        await desk.onec.operate(
            "set_payment", external_id=str(made.id), payment_status="funds_received"
        )
        await desk.world.until_at_rest()
        await desk.house.move(made.id, T.CANCEL)
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)

        assert "application_cancelled" not in await desk.effects(made.id)
