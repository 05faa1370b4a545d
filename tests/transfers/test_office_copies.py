"""What 1C has forgotten, since its base is an old copy of itself, and what its people have taken away there."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.transfers.desk import Desk, open_desk
from tests.transfers.house import LEAD_NAME
from tests.transfers.pricing import price
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.check import check_transfers
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.office.queries import list_lost
from tramita.transfers.office.standing import OnecState
from tramita.transfers.office.wanting import send_again
from tramita.transfers.rows import lock_application
from tramita.transfers.service import move_payment

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["service", "odata"])
async def shared_desk(
    request: pytest.FixtureRequest,
    server: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module, whichever way there is to 1C."""
    folder = tmp_path_factory.mktemp(f"desk-{request.param}")
    async with open_desk(server, folder, way=request.param) as desk:
        yield desk


async def complaints(desk: Desk, made: Application) -> list[str]:
    """What the check says of an application and its document."""
    [x1, *_] = await check_transfers(desk.world.runtime)
    return [one.sentence for one in x1.differences if one.subject == str(made.id)]


async def pay(desk: Desk, made: Application) -> None:
    """The client says that the money is sent, and 1C hears it."""
    client = desk.house.as_client
    async with desk.house.acting(client) as work:
        await move_payment(work, made.id, PaymentTrigger.SEND, client)
    await desk.until_done(made.id, "payment_told")


async def repeated(desk: Desk, made: Application, *wanted: str) -> list[int]:
    """How often each of these happened to it in 1C, when there is nothing left to do."""
    await desk.world.until_at_rest()
    effects = await desk.effects(made.id)
    return [effects.count(one) for one in wanted]


class TestAnOldCopy:
    async def test_is_told_anew_what_it_has_forgotten(self, desk: Desk) -> None:
        """The document is there as it was first: whose it is by now, its files and the client's word come again, once."""
        made = await desk.at_onec()
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        await desk.assign(made.id, desk.house.lead)
        await desk.until_done(made.id, "agent_told")
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await price(desk.house, made)
        await pay(desk, made)
        told = ("agent_told", "files_told", "payment_told", "application_created")
        assert [1, 1, 1, 1] == await repeated(desk, made, *told)
        assert [] == await complaints(desk, made)

        await desk.onec.operate("restore_copy")
        assert ["1C has forgotten what it was told of it"] == await complaints(desk, made)
        await ask_whether_there(desk.world.runtime, [made.id])

        async def is_told_again() -> bool:
            return [2, 2, 2, 1] == await repeated(desk, made, *told)

        await until(is_told_again)
        assert LEAD_NAME == await desk.agent_there(made.id)
        assert added in await desk.files_there(made.id)
        assert "client_sent" == (await desk.documents_there())[str(made.id)]["payment"]
        assert [] == await complaints(desk, made)
        await ask_whether_there(desk.world.runtime, [made.id])
        assert [2, 2, 2, 1] == await repeated(desk, made, *told)

    async def test_is_told_nothing_that_it_knows(self, desk: Desk) -> None:
        """What was told before the copy was made is in it."""
        made = await desk.at_onec()
        await desk.assign(made.id, desk.house.lead)
        await desk.until_done(made.id, "agent_told")
        await price(desk.house, made)
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        await pay(desk, made)
        await desk.world.until_at_rest()

        await desk.onec.operate("restore_copy")
        await ask_whether_there(desk.world.runtime, [made.id])

        async def is_told_again() -> bool:
            return [2] == await repeated(desk, made, "payment_told")

        await until(is_told_again)
        assert [1] == await repeated(desk, made, "agent_told")

    async def test_of_an_older_form_has_that_with_all_that_belongs_to_it(self, desk: Desk) -> None:
        """A form says whose it is, and which files it has."""
        made = await desk.at_onec()
        await desk.world.until_at_rest()
        await desk.onec.operate("keep_copy")
        await desk.edit(made.id, money={"amount": "16100.00"})
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.assign(made.id, desk.house.lead)
        added = await desk.add(made.id)
        await desk.until_filed(made.id, added)
        await desk.world.until_at_rest()

        await desk.onec.operate("restore_copy")
        await ask_whether_there(desk.world.runtime, [made.id])

        # What was wanted by that look begins in it, and what follows in what ends.
        assert [1] == await repeated(desk, made, "application_created")
        assert LEAD_NAME == await desk.agent_there(made.id)
        assert added in await desk.files_there(made.id)
        assert [] == await complaints(desk, made)


class TestADocumentThatIsTakenAway:
    async def test_waits_for_a_person(self, desk: Desk) -> None:
        """1C's people have marked it to be deleted: it is not revived against their will, and is the same one when it is."""
        made = await desk.at_onec()
        await desk.world.until_at_rest()
        await desk.onec.operate("mark_deleted", external_id=str(made.id))
        before = await desk.effects(made.id)
        assert ["1C has given up what is under way here"] == await complaints(desk, made)

        await ask_whether_there(desk.world.runtime, [made.id])
        await desk.world.until_at_rest()

        assert OnecState.LOST_IN_1C is (await desk.standing(made.id)).state
        assert before == await desk.effects(made.id)
        async with desk.house.acting(desk.house.as_agent) as work:
            assert made.id in {one.application_id for one in await list_lost(work)}
            await send_again(work, await lock_application(work, made.id))
        await desk.until_stands(made.id, OnecState.ACKED)
        assert made.onec_ref == (await desk.application(made.id)).onec_ref
        assert [1] == await repeated(desk, made, "application_created")
        await ask_whether_there(desk.world.runtime, [made.id])
        assert OnecState.ACKED is (await desk.standing(made.id)).state
        assert [] == await complaints(desk, made)

    async def test_is_nobodys_task_once_it_is_cancelled_here(self, desk: Desk) -> None:
        """What 1C's people wanted has happened, and there is nothing to be sent again."""
        made = await desk.at_onec()
        await desk.world.until_at_rest()
        await desk.onec.operate("mark_deleted", external_id=str(made.id))
        await ask_whether_there(desk.world.runtime, [made.id])
        await desk.house.move(made.id, T.CANCEL)
        await desk.world.until_at_rest()

        async with desk.world.database.reading() as work:
            assert made.id not in {one.application_id for one in await list_lost(work)}
        assert [] == await complaints(desk, made)

    @pytest.mark.parametrize("how", ["mark_deleted", "delete"])
    async def test_after_it_was_cancelled_breaks_no_promise(self, desk: Desk, how: str) -> None:
        """They tidy up: nobody looks for it any more, and the check does not ring."""
        made = await desk.at_onec()
        await desk.house.move(made.id, T.CANCEL)
        await desk.until_done(made.id, "application_cancelled")
        await desk.world.until_at_rest()
        await desk.onec.operate(how, external_id=str(made.id))

        assert [] == await complaints(desk, made)

    async def test_after_it_was_taken_back_is_the_same_one_when_it_counts_again(
        self, desk: Desk
    ) -> None:
        """There was no document under way for 1C's people to take away."""
        made = await _taken_back_and_sent_again(desk, "mark_deleted")
        await desk.until_stands(made.id, OnecState.ACKED)

        assert made.onec_ref == (await desk.application(made.id)).onec_ref
        assert [] == await complaints(desk, made)

    async def test_for_good_after_it_was_taken_back_waits_for_a_person(self, desk: Desk) -> None:
        """Another document of it would be one too many, as far as anybody here can tell."""
        made = await _taken_back_and_sent_again(desk, "delete")
        await desk.until_stands(made.id, OnecState.LOST_IN_1C)

        async with desk.house.acting(desk.house.as_agent) as work:
            await send_again(work, await lock_application(work, made.id))
        await desk.until_stands(made.id, OnecState.ACKED)
        assert [2] == await repeated(desk, made, "application_created")


async def _taken_back_and_sent_again(desk: Desk, how: str) -> Application:
    """An application as 1C had it before it was taken back; 1C's people did away with its document meanwhile."""
    made = await desk.at_onec()
    await desk.house.move(made.id, T.REOPEN_DRAFT)
    await desk.until_done(made.id, "application_cancelled")
    await desk.world.until_at_rest()
    await desk.onec.operate(how, external_id=str(made.id))
    await desk.house.move(made.id, T.CHECK)
    return made
