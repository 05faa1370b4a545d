"""A contract that its client may sign, followed to its end over HTTP."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.quiet import is_quiet
from tests.world import QUICK, World, envelope, until
from tramita.kit.calendar import BRASILIA
from tramita.portability.journey.take_message import JOB as TAKE_MESSAGE
from tramita.portability.later_life.polling import POLL, poll_due

# What a partner sees of a later life that may be compared between two worlds.
COMPARED = (
    *("status", "stage", "stage_said", "final_balance", "reasons", "conflict"),
    *("needs_attention", "refinancing_status", "cancelling_at_provider"),
)

# So many questions in vain are a second or more.
_POSTED_AGAIN_EVERY = 50


@dataclass(frozen=True)
class Followed:
    """One contract of an envelope."""

    world: World
    token: str
    number: str
    id: str

    async def view(self) -> dict[str, Any]:
        """The contract as its partner sees it."""
        contracts = await self.world.partner_view(self.token)
        return next(one for one in contracts if one["id"] == self.id)

    async def portability(self) -> dict[str, Any]:
        """Its portability as its partner sees it."""
        found: dict[str, Any] = (await self.view())["portability"]
        return found

    async def details(self) -> dict[str, Any]:
        """The contract as its client's page gets it."""
        contracts = (await self.world.details(self.token))["contracts"]
        return next(one for one in contracts if one["id"] == self.id)

    async def core_state(self) -> str:
        """Where the contract itself stands."""
        async with self.world.api.get(f"/api/v1/contracts/{self.id}") as answer:
            assert answer.status == 200, await answer.text()
            state: str = (await answer.json())["state"]
            return state

    async def act(self, actor: str, action: str, **more: Any) -> None:
        """Have somebody at the provider act on its proposal."""
        await self.world.qitech.person(actor, action, contract_number=self.number, **more)

    async def until(self, *, deadline: float = 60, **wanted: Any) -> dict[str, Any]:
        """Wait until its portability has these values; answers it.

        What its provider posted in vain it posts again, without waiting for the minutes it takes.
        """
        seen: dict[str, Any] = {}
        asked = itertools.count(1)

        async def is_so() -> bool:
            if next(asked) % _POSTED_AGAIN_EVERY == 0:
                await self.world.qitech.post_again(self.number)
            seen.update(await self.portability())
            return all(seen[name] == value for name, value in wanted.items())

        try:
            await until(is_so, deadline=deadline)
        except TimeoutError:
            raise AssertionError({name: (wanted[name], seen[name]) for name in wanted}) from None
        return seen

    async def stands(self) -> dict[str, Any]:
        """What of it may be compared with another contract."""
        seen = await self.portability()
        return {
            **{name: seen[name] for name in COMPARED},
            "has_number": seen["portability_number"] is not None,
            "consent": seen["consent"] and seen["consent"]["status"],
            "is_margin_registered": seen["margin"]["registered_at"] is not None,
            "margin_errors": seen["margin"]["errors"],
            "core": await self.core_state(),
        }

    async def to_origin(self) -> None:
        """Signed, taken by the clearing house and consented to: it is the origin bank's turn."""
        await self.act("client", "sign")
        await self.act("ctc", "accept")
        await self.act("beneficiary", "confirm")
        await self.until(stage="at_origin")


async def offered(world: World, body: dict[str, Any] | None = None) -> list[Followed]:
    """The portabilities of an envelope whose client may sign."""
    token = await world.make_envelope(body or envelope(portabilities=1))
    await world.send_link(token)
    await world.until_done(token)
    contracts = await world.partner_view(token)
    return [
        Followed(world, token, one["number"], one["id"]) for one in contracts if one["portability"]
    ]


async def settled(world: World) -> None:
    """Wait until everything that was posted is applied, and what follows from it is done.

    What waits for a later time goes on waiting: a message that is delayed or tried again.
    """

    async def is_at_rest() -> bool:
        await world.hasten()
        [row] = await world.fetch(
            "SELECT (SELECT count(*) FROM operations "
            " WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN')) + "
            "(SELECT count(*) FROM pgqueuer "
            " WHERE entrypoint = ANY($1) AND execute_after <= now()) AS n",
            [TAKE_MESSAGE, POLL],
        )
        return bool(row["n"] == 0)

    await until(lambda: is_quiet([world.qitech], is_at_rest))


async def pass_time(world: World, span: timedelta) -> None:
    """Let time pass for everybody; whoever should have been heard of by then is asked about."""
    world.runtime.configure(QUICK.model_copy(update={"poll_spread": 0.0}))
    await world.advance(span)
    await world.fetch(
        "UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = $1", TAKE_MESSAGE
    )
    await poll_due(world.runtime)
    await settled(world)


async def go_to(world: World, day: date, hour: int) -> None:
    """Let everybody's time be this hour of this day in Brasília."""
    [row] = await world.fetch("SELECT tramita_now() AS now")
    span = datetime.combine(day, time(hour), BRASILIA) - row["now"]
    await world.advance(timedelta(seconds=round(span.total_seconds())))


def first_to_come(days: Iterable[date]) -> date:
    """The first of these days that is still to come."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    return next(day for day in days if day > tomorrow)
