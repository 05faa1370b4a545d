"""The whole life of a mobile contract, over HTTP, with both simulators."""


import pytest

from tests.numbering.vivo import Vivo
from tramita.kit.masking import mask_device, mask_phone

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAContract:
    async def test_gets_a_number_and_a_line_and_gives_them_back(self, vivo: Vivo) -> None:
        """Reserved at random, on its SIM, live; cancelled: ended, at rest, returned."""
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        shown = await vivo.until(contract, "IN_USE")
        msisdn = await vivo.number(contract)

        assert ("activated", True) == (shown["state"], shown["activated"])
        assert {
            "name": "vivo",
            "number": mask_phone(msisdn),
            "status": "IN_USE",
            "sim": mask_device(sim),
        } == shown["backend"]
        assert ["sim_assigned", "line_activated"] == await vivo.effects(sim)

        assert 200 == (await vivo.cancel(contract)).status
        ended = await vivo.until(contract, "QUARANTINE")
        assert ("cancelled", False) == (ended["state"], ended["activated"])
        assert ["sim_assigned", "line_activated", "sim_released"] == await vivo.effects(sim)
