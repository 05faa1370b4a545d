"""1C knows which files people have put to an application, also to one whose form is closed."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.hastening import hasten
from tests.transfers.desk import QUICK, Desk
from tests.world import until
from tramita.kit.files import StoredFile
from tramita.transfers.documents import DocumentKind, NewDocument, add_document
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.office.standing import OnecState
from tramita.transfers.office.wanting import GATHER_FILES, send_again
from tramita.transfers.rows import lock_application

pytestmark = pytest.mark.asyncio(loop_scope="module")

# For as long as a test takes: it is let go, or nobody waits for it any more.
LONG: Final = {"seconds": 600.0}


@pytest.fixture
def gathering(shared_desk: Desk) -> Iterator[None]:
    """Files wait for others until a test has them told."""
    shared_desk.world.runtime.configure(QUICK.model_copy(update={"files_after": 600.0}))
    yield
    shared_desk.world.runtime.configure(QUICK)


class TestAFile:
    async def test_that_comes_with_the_form_is_not_told_besides(self, desk: Desk) -> None:
        """Nothing of a draft is; what is changed takes its files along."""
        draft = await desk.house.draft()
        first = await desk.add(draft.id)
        await desk.house.move(draft.id, T.CHECK)
        await desk.until_stands(draft.id, OnecState.ACKED)
        await _until_gathered(desk)
        await desk.world.until_at_rest()

        assert ["application_created"] == await desk.effects(draft.id)
        assert first in await desk.files_there(draft.id)

    @pytest.mark.parametrize("state", ["new_in_house", "offer_accepted", "in_work", "completed"])
    async def test_that_is_added_is_told(self, desk: Desk, state: str) -> None:
        """Once, whatever may be changed in the form by then; that stands there as it stood."""
        made = await desk.at_onec_in(state)
        before = await desk.effects(made.id)
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        assert [*before, "files_told"] == await desk.effects(made.id)
        assert made.revision == (await desk.application(made.id)).onec_revision

    @pytest.mark.parametrize("trigger", [T.REOPEN_DRAFT, T.CANCEL])
    async def test_of_what_is_given_up_is_not(self, desk: Desk, trigger: T) -> None:
        """It goes along when that is taken up again."""
        made = await desk.at_onec()
        await desk.house.move(made.id, trigger)
        await desk.until_done(made.id, "application_cancelled")
        added = await desk.add(made.id)
        await _until_gathered(desk)
        await desk.world.until_at_rest()

        assert "files_told" not in await desk.effects(made.id)
        if trigger is T.REOPEN_DRAFT:
            await desk.house.move(made.id, T.CHECK)
            await desk.until_filed(made.id, added)

    @pytest.mark.usefixtures("gathering")
    async def test_is_told_with_those_that_come_together(self, desk: Desk) -> None:
        """In one call, however many requests have brought them."""
        made = await desk.at_onec_in("in_work")
        added = [await desk.add(made.id, name) for name in ("Contract", "Specification", "Proof")]
        await desk.world.until_at_rest()
        assert "files_told" not in await desk.effects(made.id)

        await _gather(desk)
        await desk.until_filed(made.id, *added)
        await _until_gathered(desk)
        await desk.world.until_at_rest()

        assert 1 == (await desk.effects(made.id)).count("files_told")
        assert 1 == await _calls(desk, made)

    async def test_that_is_there_already_is_not_told_again(self, desk: Desk) -> None:
        """Somebody brings the same once more."""
        made = await desk.at_onec()
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        assert added == await desk.add(made.id, who=desk.house.as_agent)
        await _until_gathered(desk)
        await desk.world.until_at_rest()

        assert 1 == await _calls(desk, made)

    async def test_before_1c_has_the_application_is_told_after(self, desk: Desk) -> None:
        """It was sent without it."""
        held = await desk.onec.fail(
            "answer_held", operation="create_application", arguments=LONG, count=1
        )
        made = await desk.house.in_house()
        await desk.until_done(made.id, "application_created")
        added = await desk.add(made.id)
        await desk.onec.let_go(held)

        await desk.until_filed(made.id, added)


class TestTrouble:
    @pytest.mark.parametrize(
        "kind", ["reset_after_effect", "reset_before_effect", "http_500", "html_with_200", "locked"]
    )
    async def test_with_the_answer_tells_it_again(self, desk: Desk, kind: str) -> None:
        """It is there once, whether it had been heard or not."""
        made = await desk.at_onec_in("offer_accepted")
        await desk.fail("tell_files", made.id, kind=kind)
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        assert 1 == (await desk.effects(made.id)).count("files_told")
        assert 2 == await _calls(desk, made)

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("is_answered", [True, False])
    async def test_while_another_is_added_tells_of_both(
        self, desk: Desk, *, is_answered: bool
    ) -> None:
        """What came meanwhile is told anew, whatever was lost on the way."""
        made = await desk.at_onec()
        held = await desk.onec.fail("answer_held", operation="tell_files", arguments=LONG)
        first = await desk.add(made.id)
        await desk.until_filed(made.id, first)
        second = await desk.add(made.id, "Specification.pdf")
        if is_answered:
            await desk.onec.let_go(held)

        await desk.until_filed(made.id, first, second)
        if not is_answered:
            await desk.onec.let_go(held)  # Others wait until 1C is idle.

    @pytest.mark.usefixtures("gathering")
    async def test_while_another_is_added_that_was_begun_before_tells_of_both(
        self, desk: Desk
    ) -> None:
        """What is to be told of the first is wanted while the second waits for the application."""
        made = await desk.at_onec()
        held = await desk.onec.fail("answer_held", operation="tell_files", arguments=LONG)
        first = await desk.add(made.id)
        file = StoredFile("1771", 1024, "application/pdf")
        new = NewDocument(DocumentKind.SPECIFICATION, "Specification.pdf", file, b"2")
        who = desk.house.as_client
        async with desk.house.acting(who) as late:
            await _gather(desk)
            await desk.until_filed(made.id, first)
            second, _ = await add_document(late, made.id, new, who)
        await desk.onec.let_go(held)
        await desk.world.until_at_rest()
        await _gather(desk)

        await desk.until_filed(made.id, first, str(second.id))

    @pytest.mark.usefixtures("impatient")
    async def test_of_what_1c_hears_late_takes_no_file_away(self, desk: Desk) -> None:
        """It says what there was when it was sent, under the older number."""
        made = await desk.at_onec()
        held = await desk.onec.fail("effect_delayed", operation="tell_files", arguments=LONG)
        before = await desk.onec.requests()
        first = await desk.add(made.id)

        async def is_asked() -> bool:
            return before != await desk.onec.requests()

        await until(is_asked)
        second = await desk.add(made.id, "Specification.pdf")
        await desk.until_filed(made.id, first, second)
        await desk.world.until_at_rest()
        await desk.onec.let_go(held)
        await until(desk.onec.is_idle)

        assert {first, second} < {*await desk.files_there(made.id)}

    @pytest.mark.usefixtures("slow_office", "impatient")
    async def test_of_a_form_that_1c_carries_out_late_takes_no_file_away(self, desk: Desk) -> None:
        """Nobody knows yet whether that form is there, and it has the files of then."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "effect_delayed", operation="update_application", arguments=LONG
        )
        asked = await desk.onec.fail(
            "timeout_before", operation="find_application", arguments=LONG, count=None
        )
        await desk.edit(made.id, money={"amount": "18000.00"})
        await desk.until_stands(made.id, OnecState.UNKNOWN)
        added = await desk.add(made.id)
        await _until_gathered(desk)
        assert "files_told" not in await desk.effects(made.id)

        await desk.onec.let_go(held)
        await desk.onec.let_go(asked)
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        assert added in await desk.files_there(made.id)

    @pytest.mark.usefixtures("impatient")
    async def test_of_a_refused_form_that_is_there_after_all_tells_once_more(
        self, desk: Desk
    ) -> None:
        """Its first answer was lost, its second was a no, and 1C has carried the first out late."""
        made = await desk.at_onec()
        held = await desk.onec.fail(
            "effect_delayed", operation="update_application", arguments=LONG
        )
        await desk.fail("update_application", made.id, kind="posting_refused")
        await desk.edit(made.id, money={"amount": "19000.00"})
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await desk.onec.let_go(held)
        await desk.until_done(made.id, "application_updated")
        assert added not in await desk.files_there(made.id)
        await desk.world.until_at_rest()

        await ask_whether_there(desk.world.runtime, [made.id])

        await desk.until_filed(made.id, added)

    async def test_that_is_a_no_is_shown_and_comes_again_with_the_next(self, desk: Desk) -> None:
        """In 1C's own words; the form is there as before."""
        made = await desk.at_onec_in("offer_accepted")
        await desk.fail("tell_files", made.id, kind="posting_refused")
        first = await desk.add(made.id)

        async def is_refused() -> bool:
            return (await desk.standing(made.id)).refused == "files"

        await until(is_refused)
        refused = await desk.standing(made.id)
        second = await desk.add(made.id, "Specification.pdf")
        await desk.until_filed(made.id, first, second)
        await desk.world.until_at_rest()

        assert OnecState.ACKED is refused.state
        assert (refused.refusal or "").startswith("Не удалось провести")
        assert (await desk.standing(made.id)).refusal is None

    async def test_of_an_old_copy_is_over_when_it_is_sent_again(self, desk: Desk) -> None:
        """A document that is made anew has everything."""
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        made = await desk.at_onec()
        await desk.onec.operate("restore_copy")
        await ask_whether_there(desk.world.runtime, [made.id])
        added = await desk.add(made.id)
        await _until_gathered(desk)

        async with desk.house.acting(desk.house.as_agent) as work:
            await send_again(work, await lock_application(work, made.id))
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        assert 0 == await _calls(desk, made)


async def _gather(desk: Desk) -> None:
    """Have somebody look at once at what has come together."""
    async with desk.house.database.unit_of_work(actor="test") as work:
        await hasten(work, jobs=[GATHER_FILES])


async def _until_gathered(desk: Desk) -> None:
    """Wait until nobody is about to look at what has come together."""

    async def is_so() -> bool:
        return not await desk.world.fetch(
            "SELECT FROM pgqueuer WHERE entrypoint = $1", GATHER_FILES
        )

    await until(is_so)


async def _calls(desk: Desk, made: Application) -> int:
    """How often 1C was called for its files."""
    path = f"/hs/payapp/v1/applications/{made.id}/files"
    return [one["path"] for one in await desk.onec.journal()].count(path)
