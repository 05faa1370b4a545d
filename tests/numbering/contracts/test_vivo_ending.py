"""Whatever goes wrong while a line is ended."""

import pytest

from tests.numbering.contracts.test_vivo_faults import ENDED
from tests.numbering.contracts.vivo import Vivo

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestEnding:
    @pytest.mark.parametrize(
        "kind",
        [
            "reset_before_effect",
            "reset_after_effect",
            "http_503",
            "error_after_effect",
            "answer_held",
            "429",
            "request_id_ignored",
        ],
    )
    async def test_is_repeated_until_it_is_done(self, vivo: Vivo, kind: str) -> None:
        """Taken off once, whatever was lost."""
        contract, sim = await vivo.live()
        arguments = {"retry_after": 0, "seconds": 2}
        await vivo.fail(kind, "release_sim", sim, arguments=arguments)

        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")

        assert ENDED == await vivo.effects(sim)

    async def test_of_a_sim_that_is_gone_is_done(self, vivo: Vivo) -> None:
        """No SIM, no line."""
        contract, sim = await vivo.live()
        await vivo.gsim.person("operator", "remove_sim", iccid=sim)

        await vivo.cancel(contract)

        await vivo.until(contract, "QUARANTINE")
