"""An application has one document in 1C, with its newest form, whatever happens on the way."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.transfers.desk import QUICK, Desk
from tests.transfers.pricing import price
from tests.world import until
from tramita.kit.operations.actions import OperationAction, act
from tramita.transfers.check import check_transfers
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.office.standing import OnecState
from tramita.transfers.office.wanting import NotLost, send_again
from tramita.transfers.rows import lock_application
from tramita.transfers.service import move_payment

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS = 20
# Of a call that makes the document: it may have been done, or not, or is done later.
LOST = (
    {"kind": "reset_after_effect"},
    {"kind": "reset_before_effect"},
    {"kind": "timeout_before"},
    {"kind": "lost_then_done", "arguments": {"seconds": 1.0}},
    {"kind": "answer_held", "arguments": {"seconds": 1.5}},
    {"kind": "effect_delayed", "arguments": {"seconds": 1.8}},
    {"kind": "internal"},
    {"kind": "http_500"},
    {"kind": "html_with_200"},
    {"kind": "html_error"},
    {"kind": "half_body"},
    {"kind": "locked"},
    {"kind": "http_503"},
)
# Of a question: no word.
SILENT = ("http_500", "html_with_200", "timeout_before", "reset_before_effect", "locked")


class TestAnApplication:
    async def test_that_counts_has_its_document(self, desk: Desk) -> None:
        """With a number for people, and a link for agents."""
        made = await desk.at_onec()

        assert ["application_created"] == await desk.effects(made.id)
        assert made.onec_ref is not None
        assert (made.onec_number or "").startswith("ПА00-")
        assert (made.onec_link or "").startswith("e1cib/data/Документ.ЗаявкаНаПлатеж?ref=")
        assert (made.revision, None) == (made.onec_revision, (await desk.standing(made.id)).refusal)

    async def test_that_is_a_draft_is_nobodys_business(self, desk: Desk) -> None:
        """Nothing of it is sent."""
        draft = await desk.house.draft()

        assert OnecState.NONE is (await desk.standing(draft.id)).state
        assert [] == await desk.effects(draft.id)

    async def test_that_is_changed_is_changed_there(self, desk: Desk) -> None:
        """A revision each time, and the same document."""
        made = await desk.at_onec()
        await desk.edit(made.id, money={"amount": "13000.00"})
        changed = await desk.edit(made.id, money={"amount": "13500.00"})

        async def is_there() -> bool:
            await desk.world.hasten()
            return (await desk.application(made.id)).onec_revision == changed.revision

        await until(is_there)
        effects = await desk.effects(made.id)
        assert "application_created" == effects[0]
        assert {"application_updated"} == set(effects[1:])
        assert made.onec_ref == (await desk.application(made.id)).onec_ref

    async def test_that_is_changed_while_it_is_sent_follows_itself(self, desk: Desk) -> None:
        """Nobody has to think of it."""
        held = await desk.onec.fail(
            "answer_held", operation="create_application", arguments={"seconds": 20.0}
        )
        made = await desk.house.in_house()
        changed = await desk.edit(made.id, money={"amount": "14000.00"})
        await desk.onec.let_go(held)

        async def is_there() -> bool:
            await desk.world.hasten()
            return (await desk.application(made.id)).onec_revision == changed.revision

        await until(is_there)
        assert 1 == (await desk.effects(made.id)).count("application_created")

    async def test_that_is_taken_back_is_given_up_there_and_taken_up_again(
        self, desk: Desk
    ) -> None:
        """The document stays the same one."""
        made = await desk.at_onec()
        await desk.house.move(made.id, T.REOPEN_DRAFT)
        await desk.until_done(made.id, "application_cancelled")
        await desk.house.move(made.id, T.CHECK)
        await desk.until_done(made.id, "application_updated")

        await desk.until_stands(made.id, OnecState.ACKED)
        assert made.onec_ref == (await desk.application(made.id)).onec_ref

    async def test_that_is_cancelled_while_it_is_sent_is_given_up_there(self, desk: Desk) -> None:
        """Whoever was first."""
        held = await desk.onec.fail(
            "answer_held", operation="create_application", arguments={"seconds": 20.0}
        )
        made = await desk.house.in_house()
        await desk.house.move(made.id, T.CANCEL, reason="the client does not want it")
        await desk.onec.let_go(held)
        await desk.world.until_at_rest()

        effects = await desk.effects(made.id)
        assert effects in ([], ["application_created", "application_cancelled"])


@pytest.fixture
def doubtful(shared_desk: Desk) -> Iterator[None]:
    """What nobody knows is handed to a person at once."""
    shared_desk.world.runtime.configure(QUICK.model_copy(update={"outage_wait": 0.0}))
    yield
    shared_desk.world.runtime.configure(QUICK)


class TestTrouble:
    @pytest.mark.usefixtures("impatient")
    async def test_makes_no_second_document(self, desk: Desk) -> None:
        """Of a 1C that knows no repetition, after answers that were lost in twenty ways."""
        await desk.onec.act(is_idempotent=False)
        drafts = [await desk.house.draft() for _ in range(SEEDS)]
        for seed, draft in enumerate(drafts):
            random = Random(seed)
            for fault in (random.choice(LOST), random.choice(LOST)):
                await desk.fail("create_application", draft.id, **fault)
            await desk.fail("find_application", draft.id, kind=random.choice(SILENT))
        for draft in drafts:
            await desk.house.move(draft.id, T.CHECK)

        for draft in drafts:
            await desk.until_stands(draft.id, OnecState.ACKED, deadline=60)

        counts = [(await desk.effects(draft.id)).count("application_created") for draft in drafts]
        assert [1] * SEEDS == counts

    async def test_that_is_over_late_makes_no_second_document(self, desk: Desk) -> None:
        """1C works on after it was given up, and nobody believes it before the grace is over."""
        await desk.onec.act(is_idempotent=False)
        draft = await desk.house.draft()
        late = {"seconds": 1.0}
        await desk.fail("create_application", draft.id, kind="lost_then_done", arguments=late)
        await desk.house.move(draft.id, T.CHECK)
        await desk.until_stands(draft.id, OnecState.ACKED)

        await until(desk.onec.is_idle)
        assert ["application_created"] == await desk.effects(draft.id)

    async def test_of_its_rules_is_told_in_its_own_words(self, desk: Desk) -> None:
        """It goes on when somebody has changed the form."""
        words = "Не заполнено соглашение с контрагентом"
        await desk.onec.act(posting=words)
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)

        assert words == (await desk.standing(made.id)).refusal
        await desk.onec.act(posting="")
        await desk.edit(made.id, money={"amount": "15000.00"})
        await desk.until_stands(made.id, OnecState.ACKED)
        assert (await desk.standing(made.id)).refusal is None

    @pytest.mark.parametrize("conditions", [{"licences": 0}, {"is_exclusive": True}])
    async def test_that_passes_is_waited_for(self, desk: Desk, conditions: dict[str, Any]) -> None:
        """Nothing was done there, and it is tried again by itself."""
        await desk.onec.operate("lose_sessions")
        await desk.onec.act(**conditions)
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_RETRY)

        await desk.onec.act(licences=1000, is_exclusive=False)
        await desk.until_stands(made.id, OnecState.ACKED)
        assert ["application_created"] == await desk.effects(made.id)

    async def test_of_an_old_copy_is_seen_and_mended_by_a_person(self, desk: Desk) -> None:
        """What is lost is sent again by hand; the number may be another's by then."""
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        made = await desk.at_onec()
        await desk.onec.operate("restore_copy")
        await ask_whether_there(desk.world.runtime, [made.id])
        assert OnecState.LOST_IN_1C is (await desk.standing(made.id)).state

        async with desk.house.acting(desk.house.as_agent) as work:
            await send_again(work, await lock_application(work, made.id))
        await desk.until_stands(made.id, OnecState.ACKED)

        again = await desk.application(made.id)
        assert made.onec_ref != again.onec_ref
        assert made.onec_number == again.onec_number
        with pytest.raises(NotLost):
            async with desk.house.acting(desk.house.as_agent) as work:
                await send_again(work, await lock_application(work, made.id))

    async def test_of_an_old_copy_has_the_payment_told_again(self, desk: Desk) -> None:
        """A document that is made anew knows nothing of what the client has sent."""
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        made = await desk.at_onec()
        await price(desk.house, made)
        async with desk.house.acting(desk.house.as_client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, desk.house.as_client)
        await desk.until_done(made.id, "payment_told")
        await desk.world.until_at_rest()
        await desk.onec.operate("restore_copy")
        await ask_whether_there(desk.world.runtime, [made.id])

        async with desk.house.acting(desk.house.as_agent) as work:
            await send_again(work, await lock_application(work, made.id))

        async def is_told_again() -> bool:
            await desk.world.hasten()
            return (await desk.effects(made.id)).count("payment_told") == 2

        await until(is_told_again)

    @pytest.mark.usefixtures("impatient")
    async def test_of_what_1c_hears_late_brings_no_money_back(self, desk: Desk) -> None:
        """The client has taken their word back by then: that has a number of its own."""
        made = await desk.at_onec()
        await price(desk.house, made)
        late = {"seconds": 6.0}
        await desk.fail("tell_payment", made.id, kind="lost_then_done", arguments=late)
        await desk.fail("find_application", made.id, kind="timeout_before")
        client = desk.house.as_client
        async with desk.house.acting(client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, client)

        async def is_unknown() -> bool:
            rows = await desk.world.fetch(
                "SELECT FROM operations WHERE subject_id = $1 AND kind = 'transfers.tell_payment' "
                "AND state = 'UNKNOWN'",
                made.id,
            )
            return bool(rows)

        await until(is_unknown)
        async with desk.house.acting(client) as work:
            await move_payment(work, made.id, PaymentTrigger.TAKE_BACK, client)
        await desk.world.until_at_rest()

        async def is_heard_late() -> bool:
            return bool({"payment_told", "payment_outdated"} & {*await desk.effects(made.id)})

        await until(is_heard_late)
        heard = [one for one in await desk.onec.effects() if one["subject"] == str(made.id)]
        assert "none" == heard[-1]["data"]["payment"]

    async def test_of_a_word_on_the_money_is_told_what_is_said_next(self, desk: Desk) -> None:
        """Its first answer was lost, its second was a no: 1C may have heard it all the same."""
        made = await desk.at_onec()
        await price(desk.house, made)
        await desk.fail("tell_payment", made.id, kind="reset_after_effect")
        await desk.fail("tell_payment", made.id, kind="posting_refused")
        client = desk.house.as_client
        async with desk.house.acting(client) as work:
            await move_payment(work, made.id, PaymentTrigger.SEND, client)

        async def is_refused() -> bool:
            await desk.world.hasten()
            return (await desk.standing(made.id)).refused == "payment"

        await until(is_refused)
        async with desk.house.acting(client) as work:
            await move_payment(work, made.id, PaymentTrigger.TAKE_BACK, client)
        await desk.world.until_at_rest()

        heard = [one for one in await desk.onec.effects() if one["subject"] == str(made.id)]
        assert "none" == heard[-1]["data"]["payment"]

    @pytest.mark.usefixtures("slow_office", "impatient")
    @pytest.mark.parametrize("trigger", [T.CANCEL, T.REOPEN_DRAFT])
    @pytest.mark.parametrize("is_repeated", [True, False])
    async def test_of_a_form_that_revives_what_is_given_up_is_seen_and_mended(
        self, desk: Desk, trigger: T, *, is_repeated: bool
    ) -> None:
        """1C carries its first update out after it was told to cancel; it is told that again, once."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "effect_delayed", operation="update_application", arguments={"seconds": 600.0}
        )
        asked = await desk.onec.fail("timeout_before", operation="find_application", count=None)
        await desk.edit(made.id, money={"amount": "16500.00"})
        await desk.until_stands(made.id, OnecState.UNKNOWN)
        if is_repeated:
            await desk.onec.let_go(asked)
            await desk.until_stands(made.id, OnecState.ACKED)
        await desk.house.move(made.id, trigger)
        await desk.until_done(made.id, "application_cancelled")
        if not is_repeated:
            await desk.onec.let_go(asked)
        await desk.world.until_at_rest()
        before = await desk.effects(made.id)
        await desk.onec.let_go(held)
        await until(desk.onec.is_idle)
        assert [*before, "application_updated"] == await desk.effects(made.id)
        found = (await check_transfers(desk.world.runtime))[0]
        assert str(made.id) in {one.subject for one in found.differences}

        desk.world.runtime.configure(QUICK)
        await desk.until_looked_at(made.id)
        await desk.until_looked_at(made.id)

        assert [*before, "application_updated", "application_cancelled"] == await desk.effects(
            made.id
        )

    @pytest.mark.usefixtures("doubtful", "impatient")
    @pytest.mark.parametrize("is_given_up", [True, False])
    async def test_of_a_document_that_comes_when_nobody_waits_for_it_any_more_is_seen(
        self, desk: Desk, *, is_given_up: bool
    ) -> None:
        """1C makes it after a person has said that it never did: it is cancelled there, or is the application's."""
        held = await desk.onec.fail(
            "effect_delayed", operation="create_application", arguments={"seconds": 600.0}
        )
        asked = await desk.onec.fail("timeout_before", operation="find_application", count=None)
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        [sent] = await desk.world.fetch("SELECT id FROM operations WHERE subject_id = $1", made.id)
        refuse = OperationAction.MARK_REFUSED
        await act(desk.world.runtime, sent["id"], refuse, note="1C has nothing", actor="ana")
        if is_given_up:
            await desk.house.move(made.id, T.CANCEL)
        await desk.onec.let_go(asked)
        await desk.onec.let_go(held)
        await until(desk.onec.is_idle)
        assert ["application_created"] == await desk.effects(made.id)

        await desk.until_looked_at(made.id)

        then = ["application_cancelled"] if is_given_up else []
        assert ["application_created", *then] == await desk.effects(made.id)
        assert (await desk.application(made.id)).onec_ref is not None

    async def test_of_what_never_came_there_is_not_lost(self, desk: Desk) -> None:
        """An answer was lost, and it was refused then: that 1C has no document of it is no news."""
        await desk.onec.fail("reset_before_effect", operation="create_application", count=1)
        await desk.onec.act(posting="Не заполнено соглашение")
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)

        await desk.until_looked_at(made.id)

        assert OnecState.FAILED_MANUAL is (await desk.standing(made.id)).state

    @pytest.mark.usefixtures("slow_office", "impatient")
    async def test_of_a_cancellation_that_comes_late_is_seen_and_mended(self, desk: Desk) -> None:
        """1C carries it out when it has taken the application up again."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "effect_delayed", operation="cancel_application", arguments={"seconds": 600.0}
        )
        await desk.house.move(made.id, T.REOPEN_DRAFT)
        await desk.until_done(made.id, "application_cancelled")
        await desk.world.until_at_rest()
        await desk.house.move(made.id, T.CHECK)
        await desk.until_done(made.id, "application_updated")
        await desk.world.until_at_rest()
        before = await desk.effects(made.id)
        await desk.onec.let_go(held)
        await until(desk.onec.is_idle)
        assert [*before, "application_cancelled"] == await desk.effects(made.id)

        desk.world.runtime.configure(QUICK)
        await desk.until_looked_at(made.id)

        assert "application_updated" == (await desk.effects(made.id))[-1]

    @pytest.mark.usefixtures("doubtful", "impatient")
    async def test_that_a_person_marks_as_refused_is_over(self, desk: Desk) -> None:
        """Its message is on its way no more, and 1C is asked once more what has become of it."""
        made = await desk.at_onec()
        for operation in ("update_application", "find_application"):
            await desk.onec.fail("timeout_before", operation=operation, count=None)
        await desk.edit(made.id, money={"amount": "16200.00"})
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        await desk.onec.mend()
        [parked] = await desk.world.fetch(
            "SELECT id FROM operations WHERE subject_id = $1 AND state = 'NEEDS_ATTENTION'", made.id
        )

        refuse = OperationAction.MARK_REFUSED
        await act(desk.world.runtime, parked["id"], refuse, note="1C says so", actor="ana")

        rows = await desk.world.fetch(
            "SELECT m.state, s.doubted_at IS NOT NULL AS is_in_doubt FROM office_messages AS m "
            "JOIN office_standings AS s USING (application_id) WHERE m.operation_id = $1",
            parked["id"],
        )
        assert [("refused", True)] == [tuple(row) for row in rows]

    async def test_of_an_older_form_does_not_hold_the_newer_one(self, desk: Desk) -> None:
        """It was changed while 1C was refusing it, perhaps because of what was wrong."""
        await desk.onec.act(posting="Сумма больше лимита")
        before = await desk.onec.requests()
        held = await desk.onec.fail(
            "answer_held", operation="create_application", arguments={"seconds": 20.0}
        )
        made = await desk.house.in_house()

        async def is_asked() -> bool:
            return before != await desk.onec.requests()

        await until(is_asked)
        await desk.onec.act(posting="")
        await desk.edit(made.id, money={"amount": "17000.00"})
        await desk.onec.let_go(held)

        await desk.until_stands(made.id, OnecState.ACKED)

    async def test_of_a_form_that_1c_has_gone_on_without_is_a_conflict(self, desk: Desk) -> None:
        """The agent sees it, and nothing is overwritten there."""
        made = await desk.at_onec()
        await desk.fail("update_application", made.id, kind="revision_stale", count=None)
        await desk.edit(made.id, money={"amount": "16000.00"})

        await desk.until_stands(made.id, OnecState.CONFLICT)
