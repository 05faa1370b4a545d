"""The whole life of a mobile contract, over HTTP, with both simulators."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.numbering.contracts.vivo import CONTRACTS, Vivo
from tests.numbering.crowd import at_once
from tests.numbering.over_http import NUMBERS
from tests.world import until
from tramita.contracts.service import resume_contract, suspend_contract
from tramita.kit.jobs.held import find_held_jobs, run_held_jobs
from tramita.kit.masking_shapes import mask_device, mask_phone
from tramita.numbering.contracts.journey.activate_line import ACTIVATION
from tramita.numbering.contracts.journey.end_line import ENDING
from tramita.numbering.contracts.journey.get_number import get_number
from tramita.numbering.contracts.journey.take_callback import CALLBACKS
from tramita.numbering.contracts.journey.tend_contract import follow_suspension, tend_contract

pytestmark = pytest.mark.asyncio(loop_scope="module")

WENT_LIVE = ["sim_assigned", "line_activated"]


class TestALine:
    """From the contract's creation to its number's return."""

    async def test_is_brought_about_and_given_back(self, vivo: Vivo) -> None:
        """A number at random, on its SIM, live; cancelled: ended, at rest, returned."""
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        shown = await vivo.until(contract, "IN_USE")
        msisdn = await vivo.number(contract)
        heard = await vivo.world.fetch(
            "SELECT FROM inbox WHERE subject_id = $1 AND provider = 'gsim'", UUID(contract)
        )

        assert heard
        assert ("activated", True) == (shown["state"], shown["activated"])
        assert {
            "name": "vivo",
            "number": mask_phone(msisdn),
            "status": "IN_USE",
            "sim": mask_device(sim),
        } == shown["backend"]
        assert vivo.corner.ddd == msisdn[2:4]
        assert WENT_LIVE == await vivo.effects(sim)

        await vivo.cancel(contract)
        ended = await vivo.until(contract, "QUARANTINE")

        assert ("cancelled", False) == (ended["state"], ended["activated"])
        assert [*WENT_LIVE, "sim_released"] == await vivo.effects(sim)
        assert msisdn in await vivo.corner.numbers.at_sigan()

        await vivo.corner.numbers.pass_time(timedelta(days=91))
        await vivo.until(contract, "RETURNED")
        await vivo.world.until_at_rest()
        assert msisdn not in await vivo.corner.numbers.at_sigan()

    async def test_waits_for_its_sim_as_long_as_its_contract(self, vivo: Vivo) -> None:
        """No sweep takes the number; once it is assigned to a SIM the line goes live."""
        contract = await vivo.create()
        await vivo.until(contract, "RESERVED")
        msisdn = await vivo.number(contract)

        await vivo.corner.numbers.pass_time(timedelta(days=5))
        assert "RESERVED" == await vivo.corner.numbers.status(msisdn)
        assigned = await vivo.corner.numbers.ask(
            "POST", f"{NUMBERS}/{msisdn}/assign", {"sim_id": vivo.sim()}
        )

        assert 200 == assigned.status
        assert (await vivo.until(contract, "IN_USE"))["activated"]

    async def test_rests_while_its_contract_is_suspended(self, vivo: Vivo) -> None:
        """Suspended with the contract, and resumed with it; ended all the same."""
        contract, _ = await vivo.live()

        for act, status in ((suspend_contract, "SUSPENDED"), (resume_contract, "IN_USE")) * 2:
            async with vivo.world.database.unit_of_work(actor="billing") as work:
                await act(work, UUID(contract), "the bill")
            assert (await vivo.until(contract, status))["activated"]

        async with vivo.world.database.unit_of_work(actor="billing") as work:
            await suspend_contract(work, UUID(contract), "the bill")
        await vivo.until(contract, "SUSPENDED")
        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")

    async def test_that_is_terminated_by_hand_runs_no_more(self, vivo: Vivo) -> None:
        """The contract stays, and says that its service has ended, as it has at the operator."""
        contract, sim = await vivo.live()
        msisdn = await vivo.number(contract)

        await vivo.corner.numbers.ask("POST", f"{NUMBERS}/{msisdn}/terminate")
        await vivo.until_operation(contract, "SUCCEEDED", "end_line")
        shown = await vivo.until(contract, "QUARANTINE")

        assert [*WENT_LIVE, "sim_released"] == await vivo.effects(sim)
        assert ("activated", False) == (shown["state"], shown["activated"])
        assert ["The line has ended."] == await vivo.timeline(contract, "service_ended")

    async def test_goes_on_when_an_error_of_ours_is_mended(
        self, vivo: Vivo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its job is held with the error; run again, it takes the line to its contract."""

        async def broken(*_: object) -> None:
            raise TypeError("an error of ours")

        async def is_held() -> bool:
            async with vivo.world.database.unit_of_work() as work:
                found = await find_held_jobs(work.connection, after=None, limit=9)
            return [one.error for one in found] == ["TypeError: an error of ours"]

        with monkeypatch.context() as patch:
            patch.setattr("tramita.numbering.contracts.journey.tend_contract._look", broken)
            contract = await vivo.create(sim=vivo.sim())
            await until(is_held)

        async with vivo.world.database.unit_of_work() as work:
            assert 1 == await run_held_jobs(work.connection, actor=work.actor)

        assert (await vivo.until(contract, "IN_USE"))["activated"]


class TestItsNumber:
    """Named by the contract, or reserved for it."""

    async def test_is_taken_when_it_is_reserved_already(self, vivo: Vivo) -> None:
        """By the number itself; everybody else sees it masked only."""
        msisdn, sim = await vivo.corner.reserved(), vivo.sim()
        contract = await vivo.create(msisdn=msisdn, sim=sim)
        shown = await vivo.until(contract, "IN_USE")

        assert msisdn == await vivo.number(contract)
        hidden = {"msisdn": mask_phone(msisdn), "sim": mask_device(sim)}
        assert hidden == shown["external_references"]

    @pytest.mark.parametrize("is_reserved", [True, False])
    async def test_is_one_of_a_preview(self, vivo: Vivo, is_reserved: bool) -> None:
        """Reserved from it already, or reserved now."""
        preview = await vivo.corner.preview()
        wanted = (await vivo.corner.msisdns(preview))[2]
        if is_reserved:
            assert 200 == (await vivo.corner.reserve(preview, 2)).status

        contract = await vivo.create(preview_id=preview["id"], index=2)
        await vivo.until(contract, "RESERVED")

        assert wanted == await vivo.number(contract)

    async def test_is_of_the_kind_that_the_package_says(self, vivo: Vivo) -> None:
        """The package's terms name area code and brand."""
        ask = vivo.corner.numbers.ask
        product = {"code": f"line-{vivo.corner.ddd}", "name": "A line", "payment_backend": "vivo"}
        product_id = (await ask("POST", "/api/v1/products", product)).body["id"]
        package = {
            "code": f"line-{vivo.corner.ddd}",
            "product": product_id,
            "name": "A line",
            "price": {"amount": "49.90", "currency": "BRL"},
            "terms": {"ddd": vivo.corner.ddd, "brand_id": "vivo"},
        }
        package_id = (await ask("POST", "/api/v1/packages", package)).body["id"]

        said = await ask("POST", CONTRACTS, {"name": "A line", "package": package_id})
        await vivo.until(said.body["id"], "RESERVED")

        assert vivo.corner.ddd == (await vivo.number(said.body["id"]))[2:4]

    @pytest.mark.parametrize(
        ("references", "sentence"),
        [
            ({}, "needs a package"),
            ({"ddd": "11"}, "needs a package"),
            ({"msisdn": "11987654321"}, "msisdn is 55"),
            ({"msisdn": "5511987654321", "preview_id": str(uuid4())}, "name one"),
            ({"preview_id": "first", "index": 0}, "no preview's id"),
            ({"preview_id": str(uuid4())}, "which number"),
            ({"preview_id": str(uuid4()), "index": 3}, "which number"),
            ({"msisdn": "5511987654321", "sim": "8955103456789012345"}, "ICCID"),
        ],
    )
    async def test_that_cannot_be_meant_is_refused(
        self, vivo: Vivo, references: dict[str, Any], sentence: str
    ) -> None:
        """409 with a sentence; there is no contract."""
        said = await vivo.ask_create(**references)

        assert (409, "backend_refused") == (said.status, said.code)
        assert sentence in said.body["detail"]

    @pytest.mark.parametrize(
        ("references", "sentence"),
        [
            ({"msisdn": "5511900000000"}, "There is no number (11) 9••••-0000."),
            ({"preview_id": str(uuid4()), "index": 0}, "There is no such preview."),
            ({"ddd": "23", "brand_id": "vivo"}, "There is no area code 23."),
            ({"ddd": "11", "brand_id": " "}, "There is no such brand."),
        ],
    )
    async def test_that_cannot_be_had_leaves_the_contract_waiting(
        self, vivo: Vivo, references: dict[str, Any], sentence: str
    ) -> None:
        """Created, with the reason; cancelled, it has nothing to give back."""
        contract = (await vivo.ask_create(**references)).body["id"]
        shown = await vivo.until(contract, "FAILED")

        [why] = await vivo.timeline(contract, "activation_failed")
        assert shown["backend"]["reason"] == why
        assert sentence in (why or "")
        await vivo.cancel(contract)
        await vivo.until(contract, "CANCELLED")

    async def test_is_not_taken_from_another_contract(self, vivo: Vivo) -> None:
        """The second to name it goes without."""
        msisdn = await vivo.corner.reserved()
        first = await vivo.create(msisdn=msisdn)
        await vivo.until(first, "RESERVED")

        second = await vivo.create(msisdn=msisdn)
        shown = await vivo.until(second, "FAILED")

        assert f"{mask_phone(msisdn)} belongs to another contract." == shown["backend"]["reason"]

    async def test_is_reserved_once_however_many_try(self, vivo: Vivo) -> None:
        """Jobs that come twice, or side by side, bring one number and one line."""
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        runtime, id_ = vivo.world.runtime, UUID(contract)

        await at_once(
            *[lambda: get_number(runtime, id_)] * 3, *[lambda: tend_contract(runtime, id_)] * 3
        )
        await vivo.until(contract, "IN_USE")
        await tend_contract(runtime, id_)
        await vivo.world.until_at_rest()

        assert WENT_LIVE == await vivo.effects(sim)
        reserved = [
            one for one in await vivo.corner.numbers.at_sigan() if one[2:4] == vivo.corner.ddd
        ]
        assert [await vivo.number(contract)] == reserved

    async def test_is_found_when_the_answer_was_lost(self, vivo: Vivo) -> None:
        """Sigan reserved it and nobody heard: it is asked, and the line goes on."""
        await vivo.corner.fail("reset_after_effect", "reserve", count=1)

        contract = await vivo.create()
        await vivo.until(contract, "RESERVED")

        assert 1 == len(await vivo.corner.effects("number_reserved"))

    async def test_comes_as_soon_as_it_is_known(self, vivo: Vivo) -> None:
        """Nobody heard of it: the answer to the question wakes the contract, not a timer."""
        await vivo.corner.fail("reset_after_effect", "reserve", count=1)
        contract = await vivo.create(sim=vivo.sim())
        await until(partial(vivo.is_put_off, contract))

        async def is_live() -> bool:
            await vivo.is_put_off(contract)
            await vivo.ask_now()
            return bool((await vivo.read(contract))["backend"]["status"] == "IN_USE")

        await until(is_live)

    async def test_is_another_one_when_sigan_refuses_the_first(self, vivo: Vivo) -> None:
        """Nothing was reserved, even if the contract was looked at meanwhile."""
        refused = {"code": "NUMBER_TAKEN"}
        await vivo.corner.fail("http_409", "reserve", count=1, arguments=refused)
        await vivo.corner.numbers.sigan.delay(400)
        try:
            contract = await vivo.create()
            await _until_claimed(vivo, contract)
            await tend_contract(vivo.world.runtime, UUID(contract))
        finally:
            await vivo.corner.numbers.sigan.delay(0)

        await vivo.until(contract, "RESERVED")

        assert 1 == len(await vivo.corner.effects("number_reserved"))

    async def test_is_asked_for_again_when_sigan_is_down(self, vivo: Vivo) -> None:
        """The contract waits for its number."""
        await vivo.corner.fail("429", "pre_reserve", count=2, arguments={"retry_after": 0})

        contract = await vivo.create()

        await vivo.until(contract, "RESERVED")


class TestEveryStep:
    """May come twice: a job is delivered at least once."""

    async def test_changes_nothing_the_second_time(self, vivo: Vivo) -> None:
        """Whatever was done for a live line, and then for an ended one, done once more."""
        contract, sim = await vivo.live()
        await self._repeat(vivo, contract)
        assert WENT_LIVE == await vivo.effects(sim)
        assert "IN_USE" == (await vivo.read(contract))["backend"]["status"]

        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")
        before = await vivo.read(contract)
        await self._repeat(vivo, contract)

        assert [*WENT_LIVE, "sim_released"] == await vivo.effects(sim)
        assert before == await vivo.read(contract)

    async def _repeat(self, vivo: Vivo, contract: str) -> None:
        runtime = vivo.world.runtime
        operations = await vivo.world.fetch(
            "SELECT id FROM operations WHERE subject_id = $1::text::uuid", contract
        )
        for row in operations:
            for job in (*ACTIVATION.jobs, *ENDING.jobs):
                await job.run(runtime, row["id"])
        for row in await vivo.world.fetch("SELECT id FROM inbox"):
            await CALLBACKS.take(runtime, row["id"])
        for look in (get_number, tend_contract, follow_suspension):
            await look(runtime, UUID(contract))
        await vivo.world.until_at_rest()


async def _until_claimed(vivo: Vivo, contract: str) -> None:
    async def is_so() -> bool:
        query = "SELECT FROM phone_number WHERE contract_id = $1"
        return bool(await vivo.world.fetch(query, UUID(contract)))

    await until(is_so)
