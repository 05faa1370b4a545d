"""Whoever ends a mobile contract or its line, by whatever door and at whatever moment: it is so.

At the operator as well as here, with what was answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import pytest

from tests.numbering.contracts.vivo import Vivo
from tests.numbering.over_http import NUMBERS, RESERVATIONS
from tramita.contracts.service import cancel_contract, suspend_contract

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDS: Final = {200, 204}
# What GSIM did to a SIM whose line went live, and was ended.
LIVED: Final = ["sim_assigned", "line_activated", "sim_released"]


async def through_the_core(vivo: Vivo, contract: str) -> int:
    """``POST /api/v1/contracts/{id}/cancel``."""
    return (await vivo.cancel(contract)).status


async def by_a_plugin(vivo: Vivo, contract: str) -> int:
    """What a plugin's job does."""
    async with vivo.world.database.unit_of_work(actor="plugin") as work:
        await cancel_contract(work, UUID(contract), "moved away")
    return 200


async def by_the_number(vivo: Vivo, contract: str) -> int:
    """``POST /api/v1/numbering/numbers/{msisdn}/terminate``: the contract itself stays."""
    path = f"{NUMBERS}/{await vivo.number(contract)}/terminate"
    return (await vivo.corner.numbers.ask("POST", path)).status


async def by_the_reservation(vivo: Vivo, contract: str) -> int:
    """``DELETE /api/v1/numbering/reservations/{msisdn}``: the contract itself stays."""
    path = f"{RESERVATIONS}/{await vivo.number(contract)}"
    return (await vivo.corner.numbers.ask("DELETE", path)).status


async def reserved(vivo: Vivo, _: str) -> str:
    """It waits for its SIM."""
    contract = await vivo.create()
    await vivo.until(contract, "RESERVED")
    return contract


async def assigned(vivo: Vivo, sim: str) -> str:
    """It is on its SIM, and GSIM takes no requests."""
    # Nothing at all is asked of GSIM for that long, at the end of the test neither.
    await vivo.fail("429", "assign_sim", sim, count=None, arguments={"retry_after": 1})
    contract = await vivo.create(sim=sim)
    await vivo.until_operation(contract, "NOT_SENT")
    return contract


async def live(vivo: Vivo, sim: str) -> str:
    """Its line is live."""
    contract = await vivo.create(sim=sim)
    await vivo.until(contract, "IN_USE")
    return contract


async def suspended(vivo: Vivo, sim: str) -> str:
    """Its line rests."""
    contract = await live(vivo, sim)
    async with vivo.world.database.unit_of_work(actor="billing") as work:
        await suspend_contract(work, UUID(contract), "the bill")
    await vivo.until(contract, "SUSPENDED")
    return contract


Door = Callable[[Vivo, str], Awaitable[int]]
Moment = Callable[[Vivo, str], Awaitable[str]]
CANCELLING: Final[frozenset[Door]] = frozenset({through_the_core, by_a_plugin})
# Where the number goes and what GSIM did, for each moment; the doors that are closed then.
MOMENTS: Final[Mapping[Moment, tuple[str, list[str], set[Door]]]] = {
    reserved: ("RETURNED", [], {by_the_number}),
    assigned: ("RETURNED", [], {by_the_number, by_the_reservation}),
    live: ("QUARANTINE", LIVED, {by_the_reservation}),
    suspended: ("QUARANTINE", LIVED, {by_the_reservation}),
}


async def disagreements(vivo: Vivo, moment: Moment, door: Door) -> list[str]:
    """What does not go with what was answered, once everything has come to rest."""
    status, effects, closed = MOMENTS[moment]
    sim = vivo.sim()
    contract = await moment(vivo, sim)
    before = (await vivo.read(contract))["backend"]["status"]
    answered = await door(vivo, contract)
    if door not in closed:
        await vivo.until(contract, status)
        if effects:
            await vivo.until_effect(sim, effects[-1])
    shown = await vivo.read(contract)
    seen = {
        "is answered": answered in ENDS,
        "number": shown["backend"]["status"],
        "at GSIM": await vivo.effects(sim),
        "is cancelled": shown["state"] == "cancelled",
    }
    wanted = {"is answered": True, "number": status, "at GSIM": effects, "is cancelled": True}
    if door in closed:
        wanted |= {"is answered": False, "number": before, "at GSIM": effects[:-1]}
    wanted["is cancelled"] = door in CANCELLING
    return [
        f"{moment.__name__} {door.__name__}: {name} is {seen[name]}, not {value}"
        for name, value in wanted.items()
        if seen[name] != value
    ]


class TestEnding:
    async def test_is_true_at_every_moment_by_every_door(self, vivo: Vivo) -> None:
        """Answered that it ends, it ends at the operator too; answered 409, all goes on."""
        doors: tuple[Door, ...] = (*CANCELLING, by_the_number, by_the_reservation)
        found = await asyncio.gather(
            *(disagreements(vivo, moment, door) for moment in MOMENTS for door in doors)
        )

        assert [] == [sentence for sentences in found for sentence in sentences]
