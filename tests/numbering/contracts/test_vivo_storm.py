"""Mobile contracts cancelled at whatever moment, while a tenth of all calls goes wrong."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from tests.numbering.contracts.vivo import Vivo
from tests.world import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Before an effect, after it, or long after; nothing that only a person could mend.
AT_GSIM = ("http_503", "reset_before_effect", "reset_after_effect", "error_after_effect")
AT_SIGAN = ("reset_before_effect", "reset_after_effect")
ASTRAY = ("webhook_lost", "webhook_duplicate", "webhook_delayed", "webhook_before_answer")
AT_ONCE = 12
# Turns of the event loop after which nearly every line is live.
TURNS = 4000
ENDED = {"CANCELLED", "RETURNED", "QUARANTINE"}


class TestCancellingAtWhateverMoment:
    @pytest.mark.parametrize(
        "seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 21))]
    )
    async def test_leaves_no_line_and_no_number_behind(self, vivo: Vivo, seed: int) -> None:
        """No SIM of a cancelled contract carries a number, and no number is held for one."""
        dice = Random(seed)
        await make_trouble(vivo)

        ended = await asyncio.gather(*(live_and_end(vivo, dice) for _ in range(AT_ONCE)))
        await until_ended(vivo, [contract for contract, _ in ended])

        told = {sim: await vivo.effects(sim) for _, sim in ended}
        alive = {sim: effects for sim, effects in told.items() if effects[-1:] != ["sim_released"]}
        assert {} == {sim: effects for sim, effects in alive.items() if effects}


async def make_trouble(vivo: Vivo) -> None:
    """Have a tenth of all calls, and of all callbacks, go wrong."""
    for kind in AT_GSIM:
        await vivo.gsim.fail(kind, operation=None, probability=0.1 / len(AT_GSIM), count=None)
    for kind in AT_SIGAN:
        await vivo.corner.fail(kind, "reserve", probability=0.1 / len(AT_SIGAN), count=None)
    for kind in ASTRAY:
        await vivo.gsim.fail_webhook(kind, probability=0.1 / len(ASTRAY), count=None)


async def live_and_end(vivo: Vivo, dice: Random) -> tuple[str, str]:
    """A contract that is cancelled after any while; answers its id, and its SIM."""
    sim, turns = vivo.sim(), dice.randrange(TURNS)
    contract = await vivo.create(sim=sim)
    for _ in range(turns):
        await asyncio.sleep(0)
    assert 200 == (await vivo.cancel(contract)).status
    return contract, sim


async def until_ended(vivo: Vivo, contracts: list[str]) -> None:
    """Wait until nothing of any of them is left to do; the trouble ends with the first look."""
    await vivo.gsim.mend()
    await vivo.corner.numbers.sigan.mend()
    # A reservation that was never seen is believed to be none when its hold is over.
    await vivo.world.advance(timedelta(minutes=20))

    async def is_so() -> bool:
        await vivo.hasten()
        return {(await vivo.read(one))["backend"]["status"] for one in contracts} <= ENDED

    await until(is_so, deadline=60)
