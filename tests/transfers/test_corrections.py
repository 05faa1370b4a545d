"""1C corrects what stands in a form, also in one that is closed for everybody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.transfers.desk import Desk, open_desk
from tests.transfers.telling import number, tell
from tests.transfers.test_priced import became, operate
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.check import check_transfers
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.model import Application
from tramita.transfers.office.standing import OnecState

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUANGZHOU = {"beneficiary": {"city": "GUANGZHOU"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module."""
    async with open_desk(server, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def corrections(of: Application, **more: Any) -> dict[str, Any]:
    """What an operator corrects in it."""
    said = {"message_no": number(), "revision": of.revision + 1, "operator": "Ольга Сергеевна"}
    return said | {"fields": GUANGZHOU} | more


async def standing_in(desk: Desk, state: str) -> Application:
    """An application that 1C has, in this state, of which nothing is left to do."""
    made = await desk.at_onec_in(state)
    await desk.world.until_at_rest()
    return await desk.application(made.id)


class TestACorrection:
    @pytest.mark.parametrize("state", ["new_in_house", "offer_accepted", "in_work"])
    async def test_is_a_revision_of_1cs_own(self, desk: Desk, state: str) -> None:
        """What is not named stays; it is said whose it is, and 1C is not told what it has said."""
        made = await standing_in(desk, state)
        before = await desk.effects(made.id)

        status, said = await tell(desk, "corrections", made.id, corrections(made))
        await desk.world.until_at_rest()

        found = await desk.application(made.id)
        assert (200, {"revision": 2}) == (status, said)
        assert ("GUANGZHOU", "CN", state) == (
            found.form.beneficiary.city,
            found.form.beneficiary.country,
            found.state,
        )
        assert (2, 2, made.version + 1) == (found.revision, found.onec_revision, found.version)
        [row] = await desk.world.fetch(
            "SELECT source, actor, changed FROM application_revisions "
            "WHERE application_id = $1 AND revision = 2",
            made.id,
        )
        expected = ("onec", "onec:Ольга Сергеевна", ["beneficiary.city"])
        assert expected == (row["source"], row["actor"], row["changed"])
        assert before == await desk.effects(made.id)

    async def test_that_comes_again_is_the_same(self, desk: Desk) -> None:
        """The same number, the same answer, and one revision."""
        made = await standing_in(desk, "in_work")
        told = corrections(made)

        first = await tell(desk, "corrections", made.id, told)
        again = await tell(desk, "corrections", made.id, told)

        assert first == again == (200, {"revision": 2})
        assert 2 == (await desk.application(made.id)).revision

    async def test_of_an_older_form_is_refused_and_kept(self, desk: Desk) -> None:
        """Somebody has changed it meanwhile: 1C gets that first, and corrects it then."""
        made = await standing_in(desk, "new_in_house")
        changed = await desk.edit(made.id, money={"amount": "13100.00"})

        status, said = await tell(desk, "corrections", made.id, corrections(made))
        await desk.until_stands(made.id, OnecState.ACKED)
        mended, _ = await tell(desk, "corrections", made.id, corrections(changed))

        assert (409, "stale_revision", 200) == (status, said["code"], mended)
        assert "13100.00" == (await desk.application(made.id)).form.money.amount

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"beneficiary": {"shoe_size": "43"}}, "beneficiary.shoe_size"),
            ({"money": {"amount": 5}}, "money.amount"),
            ({"consent": {"personal_data": True}}, "consent"),
        ],
    )
    async def test_that_cannot_be_is_told_by_field(
        self, desk: Desk, fields: dict[str, Any], path: str
    ) -> None:
        """Nor does 1C agree to anything for a client."""
        made = await standing_in(desk, "offer_accepted")

        status, said = await tell(desk, "corrections", made.id, corrections(made, fields=fields))

        assert (422, {path}) == (status, {one["path"] for one in said["errors"]})
        assert 1 == (await desk.application(made.id)).revision

    async def test_of_what_is_over_is_refused(self, desk: Desk) -> None:
        """Nothing of it changes any more."""
        made = await standing_in(desk, "completed")

        status, said = await tell(desk, "corrections", made.id, corrections(made))

        assert (409, "read_only") == (status, said["code"])

    async def test_is_in_1c_too_as_whoever_looks_finds(self, desk: Desk) -> None:
        """An operator corrects it in the base; both have the same form, and no promise is broken."""
        made = await standing_in(desk, "in_work")
        told = await operate(desk, "correct", made, fields=GUANGZHOU)
        assert "applied" == await became(desk, told)

        async def is_written() -> bool:
            return "application_corrected" in await desk.effects(made.id)

        await until(is_written)
        await ask_whether_there(desk.world.runtime, [made.id])
        await desk.world.until_at_rest()

        found = await desk.application(made.id)
        assert ("GUANGZHOU", 2, 2) == (
            found.form.beneficiary.city,
            found.revision,
            found.onec_revision,
        )
        assert "application_updated" not in await desk.effects(made.id)
        broken = [
            (one.invariant, difference.sentence)
            for one in await check_transfers(desk.world.runtime)
            for difference in one.differences
            if difference.subject == str(made.id)
        ]
        assert [] == broken

    async def test_is_sent_to_1c_where_its_document_does_not_have_it(self, desk: Desk) -> None:
        """Whoever looks before 1C has written what it was answered 200 for, or after it has failed to."""
        made = await standing_in(desk, "in_work")
        await tell(desk, "corrections", made.id, corrections(made))

        await ask_whether_there(desk.world.runtime, [made.id])
        await desk.world.until_at_rest()

        found = await desk.application(made.id)
        assert (2, 2) == (found.revision, found.onec_revision)
        assert 1 == (await desk.effects(made.id)).count("application_updated")

    async def test_ends_what_1c_has_refused_of_the_form(self, desk: Desk) -> None:
        """Its operator has mended that: nobody is shown the refusal any more."""
        made = await standing_in(desk, "new_in_house")
        await desk.onec.act(posting="Не заполнен город получателя")
        changed = await desk.edit(made.id, money={"amount": "13200.00"})
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)
        await desk.onec.act(posting="")

        status, _ = await tell(desk, "corrections", made.id, corrections(changed))

        assert 200 == status
        assert OnecState.ACKED is (await desk.standing(made.id)).state
