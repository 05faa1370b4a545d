"""The holder of a mobile line is erased; the number goes its own way."""

import pytest

from tests.forgetting import (
    CPF,
    CUSTOMER,
    ask_to_erase,
    traces,
    until_erased,
    until_nothing_waits,
)
from tests.numbering.contracts.vivo import CONTRACTS, Vivo

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def a_line(vivo: Vivo) -> str:
    """A live line of the person's."""
    said = await vivo.corner.numbers.ask("POST", "/api/v1/customers", CUSTOMER)
    body = {
        "name": "Line of Zulmira Quartzberg",
        "backend": "vivo",
        "customer": said.body["id"],
        "external_references": {"ddd": vivo.corner.ddd, "brand_id": "vivo", "sim": vivo.sim()},
    }
    made = await vivo.corner.numbers.ask("POST", CONTRACTS, body)
    assert made.status == 201, made
    contract: str = made.body["id"]
    await vivo.until(contract, "IN_USE")
    return contract


class TestTheHolderOfALine:
    async def test_is_erased_when_the_line_has_ended(
        self, vivo: Vivo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Refused while it lives; then only the number is left, which is the operator's."""
        monkeypatch.setenv("TRAMITA_CONTRACTS_LAW_YEARS", "0")
        contract = await a_line(vivo)
        status, said = await ask_to_erase(vivo.world, CPF)
        assert (409, True) == (status, f"contract {contract} (vivo) is activated" in said["detail"])

        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")
        await until_nothing_waits(vivo.world.database)
        _, erasure = await ask_to_erase(vivo.world, CPF)
        await until_erased(vivo.world, erasure["id"])

        assert [] == await traces(vivo.world.database)
        [row] = await vivo.world.fetch(
            "SELECT c.name, c.backend_record, c.external_references, t.status "
            "FROM contracts AS c JOIN phone_number AS t ON t.contract_id = c.id "
            "WHERE c.id = $1::text::uuid",
            contract,
        )
        assert ("(erased)", {"status": "QUARANTINE"}, {}, "QUARANTINE") == tuple(row)
