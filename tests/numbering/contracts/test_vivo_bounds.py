"""A contract may touch what its maker may: a number is not had through a second door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.numbering.api.partners import session_of
from tests.numbering.contracts.vivo import CONTRACTS, Vivo
from tests.numbering.over_http import PREVIEWS, Numbers, Said
from tests.world import until
from tramita.kit.masking_shapes import mask_phone

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCOPES = ("contracts:read", "contracts:write", "numbering:read", "numbering:write")


@dataclass(frozen=True)
class Partner:
    """One carrier's systems."""

    numbers: Numbers
    session: aiohttp.ClientSession
    vivo: Vivo

    async def ask(self, method: str, path: str, body: Any = None) -> Said:
        """One request of this partner's."""
        return await self.numbers.ask(method, path, body, api=self.session)

    async def create(self, **references: Any) -> Said:
        """Ask for a contract."""
        body = {"name": "A line", "backend": "vivo", "external_references": references}
        return await self.ask("POST", CONTRACTS, body)

    async def cancel(self, contract: str) -> None:
        """Cancel a contract, which ends well."""
        said = await self.ask("POST", f"{CONTRACTS}/{contract}/cancel", {"reason": "x"})
        assert 200 == said.status, said

    async def preview(self) -> dict[str, Any]:
        """A preview of this partner's."""
        wanted = {"ddd": self.vivo.corner.ddd, "brand_id": "vivo"}
        said = await self.ask("POST", PREVIEWS, wanted)
        assert 201 == said.status, said
        preview: dict[str, Any] = said.body
        return preview

    async def reserved(self) -> str:
        """A number that this partner has reserved, in full."""
        preview = await self.preview()
        said = await self.ask("POST", f"{PREVIEWS}/{preview['id']}/numbers/0/reserve")
        assert 200 == said.status, said
        [row] = await self.numbers.world.fetch(
            "SELECT reserved_msisdn FROM preview WHERE id = $1::text::uuid", preview["id"]
        )
        msisdn: str = row["reserved_msisdn"]
        return msisdn


@asynccontextmanager
async def partner(vivo: Vivo, carrier: str | None) -> AsyncIterator[Partner]:
    """A partner whose token is bound to a carrier."""
    numbers = vivo.corner.numbers
    async with session_of(numbers.world, carrier, SCOPES) as session:
        yield Partner(numbers, session, vivo)


async def standing(vivo: Vivo, msisdn: str) -> tuple[str, str | None]:
    """Where a number stands, and the contract it belongs to."""
    [row] = await vivo.world.fetch(
        "SELECT status, contract_id FROM phone_number WHERE msisdn = $1", msisdn
    )
    return row["status"], row["contract_id"]


class TestANumber:
    async def test_of_another_carrier_is_as_if_there_were_none(self, vivo: Vivo) -> None:
        """Neither taken nor given back, and told in the same words as one that never was."""
        nowhere = f"55{vivo.corner.ddd}900000000"
        async with partner(vivo, "alfa") as alfa, partner(vivo, "beta") as beta:
            msisdn = await alfa.reserved()
            reasons = []
            for named in (msisdn, nowhere):
                contract = (await beta.create(msisdn=named, sim=vivo.sim())).body["id"]
                shown = await vivo.until(contract, "FAILED")
                reasons.append(shown["backend"]["reason"].replace(mask_phone(named), "…"))
                await beta.cancel(contract)
                await vivo.until(contract, "CANCELLED")

            assert ["There is no number …."] * 2 == reasons
            assert ("RESERVED", None) == await standing(vivo, msisdn)

    @pytest.mark.parametrize("is_reserved", [True, False])
    async def test_of_another_carriers_preview_is_not_had(
        self, vivo: Vivo, is_reserved: bool
    ) -> None:
        """Whether one of its numbers is reserved already or not."""
        async with partner(vivo, "alfa") as alfa, partner(vivo, "beta") as beta:
            preview = await alfa.preview()
            path = f"{PREVIEWS}/{preview['id']}"
            if is_reserved:
                await alfa.ask("POST", f"{path}/numbers/0/reserve")
            before = (await alfa.ask("GET", path)).body

            contract = (await beta.create(preview_id=preview["id"], index=0)).body["id"]
            shown = await vivo.until(contract, "FAILED")

            assert "There is no such preview." == shown["backend"]["reason"]
            assert before == (await alfa.ask("GET", path)).body

    async def test_does_not_come_on_another_carriers_sim(self, vivo: Vivo) -> None:
        """There is no such SIM, for whoever it is not; the contract waits for another."""
        sim = vivo.sim()
        async with partner(vivo, "alfa") as alfa, partner(vivo, "beta") as beta:
            theirs = (await alfa.create(msisdn=await alfa.reserved(), sim=sim)).body["id"]
            await vivo.until(theirs, "IN_USE")
            contract = (await beta.create(msisdn=await beta.reserved(), sim=sim)).body["id"]

            async def reason() -> bool:
                shown = (await beta.ask("GET", f"{CONTRACTS}/{contract}")).body
                return bool(shown["backend"].get("reason") == "There is no such SIM.")

            await until(reason)
            await beta.cancel(contract)

    async def test_cannot_be_named_by_who_sees_none(self, vivo: Vivo) -> None:
        """A token bound to no carrier gets a number at random, not one that it names."""
        async with partner(vivo, "alfa") as alfa, partner(vivo, None) as nobody:
            said = await nobody.create(msisdn=await alfa.reserved())
            assert (409, "backend_refused") == (said.status, said.code)

            random = (await nobody.create(ddd=vivo.corner.ddd, brand_id="vivo")).body["id"]
            await vivo.until(random, "RESERVED")

    async def test_of_ones_own_is_taken_in_ones_own_name(self, vivo: Vivo) -> None:
        """The number's history says for whom it went on its SIM."""
        async with partner(vivo, "alfa") as alfa:
            msisdn = await alfa.reserved()
            contract = (await alfa.create(msisdn=msisdn, sim=vivo.sim())).body["id"]
            await vivo.until(contract, "IN_USE")

        rows = await vivo.world.fetch(
            "SELECT h.actor, h.cause FROM history AS h JOIN phone_number AS n "
            "ON n.id = h.subject_id WHERE n.msisdn = $1 AND h.trigger = 'assign'",
            msisdn,
        )
        [(actor, cause)] = rows
        assert "vivo" == actor
        assert cause.startswith("on behalf of token:alfa ")

    async def test_at_random_belongs_to_the_carrier_it_is_for(self, vivo: Vivo) -> None:
        """Whoever may not see the carrier's numbers may not see this one."""
        async with partner(vivo, "alfa") as alfa, partner(vivo, "beta") as beta:
            wanted = {"ddd": vivo.corner.ddd, "brand_id": "vivo"}
            contract = (await alfa.create(**wanted)).body["id"]
            await vivo.until(contract, "RESERVED")

            msisdn = await vivo.number(contract)
            path = f"/api/v1/numbering/numbers/{msisdn}"
            assert [200, 404] == [(await one.ask("GET", path)).status for one in (alfa, beta)]
