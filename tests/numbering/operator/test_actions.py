"""What a person may do about a number, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.console.standing import add_operation, history_of
from tests.locks import until_waiting
from tests.numbering.stock import put_contract, put_number
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.database.rows import lock_rows
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger, standing
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.ledger import Settlement
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.numbering.acts import RELEASE_NUMBER
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger
from tramita.numbering.numbers.journey.release_number import RELEASE, record_releases
from tramita.numbering.numbers.releasing import sweep_numbers
from tramita.numbering.numbers.rows import give_back
from tramita.numbering.operator.actions import (
    NumberAction,
    NumberActionNotAllowed,
    act_on_number,
    allowed_actions,
)
from tramita.numbering.provider import PROVIDER
from tramita.process.runtime import running_runtime

NUMBER_11 = "5511987654321"
TWO = (NUMBER_11, "5511987654322")
ANA = "user:ana@example.com"
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def runtime(database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    """A process without worker or web."""
    async with running_runtime(Settings(data_dir=tmp_path, mode=Mode.DEMO), database_url) as it:
        yield it


async def act(runtime: Runtime, number: UUID, action: NumberAction, note: str = "Asked to") -> None:
    """Do it as Ana."""
    await act_on_number(runtime, number, action, note=note, actor=ANA)


async def row_of(database: Database, number: UUID) -> dict[str, object]:
    """The number's row; how long it still rests, in days."""
    async with database.unit_of_work() as work:
        [row] = await work.fetch(
            "SELECT status, provider_release, epoch, "
            "round(extract(epoch FROM quarantine_until - tramita_now()) / 86400)::int AS rests "
            "FROM phone_number WHERE id = $1",
            number,
        )
    return dict(row)


async def release(runtime: Runtime, number: UUID) -> Result[str | None, None]:
    """Have it given back; answers the result of that, which nobody has recorded yet."""
    await act(runtime, number, NumberAction.RELEASE)
    async with runtime.database.unit_of_work(actor="test") as work:
        [live] = await standing.live(work, [number], [RELEASE_NUMBER])
        taken = (await ledger.take(work, [live.id], leases={PROVIDER: A_MINUTE}))[live.id]
    attempt = Attempt(taken.id, taken.key, taken.attempt)
    return Result(Task[str | None](taken, None, attempt), None, OperationTrigger.DONE)


class TestAnAction:
    async def test_follows_the_life_cycle(self, runtime: Runtime) -> None:
        """From every state: it leads where the table says, or is refused and changes nothing."""
        database = runtime.database
        for place, status in enumerate(NumberStatus):
            for n, action in enumerate(NumberAction):
                # A number that rests may go on only with its SIM.
                sim = {"assigned_sim_id": f"'SIM-{n}'"} if status is NumberStatus.QUARANTINE else {}
                row = await put_number(database, f"55119{place:04}{n:04}", status, **sim)
                target = NUMBER.table[status].get(NumberTrigger(action.value))

                if target is None:
                    with pytest.raises(NumberActionNotAllowed, match="does not allow"):
                        await act(runtime, row["id"], action)
                else:
                    await act(runtime, row["id"], action)

                assert (target or status) == (await row_of(database, row["id"]))["status"]

    async def test_is_offered_where_it_fits(self, runtime: Runtime) -> None:
        """And no other: what a state forbids is no button."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.RESERVED)

        async with runtime.database.unit_of_work() as work:
            allowed = await allowed_actions(work, row["id"])

        assert {NumberAction.RELEASE: None, NumberAction.BLOCK: None} == allowed

    async def test_stands_in_the_history_with_its_reason(self, runtime: Runtime) -> None:
        """Who, and why; nothing of a person in it."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.QUARANTINE)

        await act(runtime, row["id"], NumberAction.BLOCK, f"Court order about {NUMBER_11}")

        assert [("block", ANA, "Court order about (11) 9••••-4321")] == await history_of(
            runtime.database, row["id"]
        )

    async def test_needs_a_number(self, runtime: Runtime) -> None:
        """One that is not there can neither be shown nor acted on."""
        with pytest.raises(NumberNotFound):
            await act(runtime, new_id(), NumberAction.BLOCK)


class TestReleasing:
    async def test_has_the_provider_told(self, runtime: Runtime) -> None:
        """As when its holder gives it back."""
        row = await put_number(
            runtime.database, NUMBER_11, NumberStatus.RESERVED, reserved_until="now()"
        )

        await act(runtime, row["id"], NumberAction.RELEASE)

        assert ("RETURNED", "PENDING") == tuple(
            (await row_of(runtime.database, row["id"])).values()
        )[:2]
        assert ["PREPARED"] == await releases_of(runtime.database, row["id"])


class TestUnblocking:
    async def test_leads_back_to_the_provider(self, runtime: Runtime) -> None:
        """The next sweep returns it, even a number that was given back once before."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.RESERVED)
        number, database = row["id"], runtime.database
        await act(runtime, number, NumberAction.RELEASE)
        async with database.unit_of_work() as work:
            await work.fetch("UPDATE operations SET state = 'SUCCEEDED'")
            await work.fetch("UPDATE phone_number SET provider_release = 'DONE'")
        await act(runtime, number, NumberAction.BLOCK)

        await act(runtime, number, NumberAction.UNBLOCK)
        await sweep_numbers(runtime)

        assert ("RETURNED", "PENDING") == tuple((await row_of(database, number)).values())[:2]
        assert ["SUCCEEDED", "PREPARED"] == await releases_of(database, number)

    async def test_ends_with_the_release_that_is_still_under_way(self, runtime: Runtime) -> None:
        """Whoever records that one waits until the number is returned, and it is done then."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.RESERVED)
        number, database = row["id"], runtime.database
        done = await release(runtime, number)
        await act(runtime, number, NumberAction.BLOCK)
        await act(runtime, number, NumberAction.UNBLOCK)

        async with database.unit_of_work(actor="sweep") as work:
            await give_back(work, [number], NumberTrigger.END_QUARANTINE)
            recording = asyncio.create_task(runtime.desk(RELEASE.kind).hand_in(done))
            await asyncio.wait(
                [recording, waiting := asyncio.create_task(until_waiting(database))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            waiting.cancel()

        assert await recording
        assert ("RETURNED", "DONE") == tuple((await row_of(database, number)).values())[:2]
        assert ["SUCCEEDED"] == await releases_of(database, number)

    async def test_is_not_waited_for_by_whoever_records_that_release_with_others(
        self, runtime: Runtime
    ) -> None:
        """They hold its operation, for which whoever returns the number waits."""
        database, reserved = runtime.database, NumberStatus.RESERVED
        number, other = [(await put_number(database, one, reserved))["id"] for one in TWO]
        done = [await release(runtime, one) for one in (number, other)]
        await act(runtime, number, NumberAction.BLOCK)
        await act(runtime, number, NumberAction.UNBLOCK)

        async def record() -> None:
            async with database.unit_of_work(actor="test") as work:
                settled = [Settlement(one.task.operation, one.trigger) for one in done]
                assert 2 == len(await ledger.settle(work, settled))
                await record_releases(work, done)

        async with database.unit_of_work(actor="sweep") as work:
            # Of two that wait for one another, this one gives up.
            await work.fetch("SET LOCAL deadlock_timeout = '10ms'")
            await lock_rows(work, "phone_number", [number])
            recording = asyncio.create_task(record())
            await asyncio.wait(
                [recording, waiting := asyncio.create_task(until_waiting(database))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            waiting.cancel()
            await give_back(work, [number], NumberTrigger.END_QUARANTINE)
        await recording

        kept = [tuple((await row_of(database, one)).values())[:2] for one in (number, other)]
        assert [("RETURNED", "PENDING"), ("RETURNED", "DONE")] == kept
        assert ["SUCCEEDED", "PREPARED"] == await releases_of(database, number)

    async def test_waits_for_a_reservation_in_doubt(self, runtime: Runtime) -> None:
        """Whoever settles that operation settles the number."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.UNAVAILABLE)
        await add_operation(runtime.database, kind="numbering.reserve_number", subject=row["id"])

        with pytest.raises(NumberActionNotAllowed, match="settle that operation first"):
            await act(runtime, row["id"], NumberAction.UNBLOCK)

        assert "UNAVAILABLE" == (await row_of(runtime.database, row["id"]))["status"]


class TestComingBack:
    async def test_lets_the_number_rest(self, runtime: Runtime) -> None:
        """As long as any that was in use; then the sweep takes it."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.IN_USE)
        await act(runtime, row["id"], NumberAction.PORT_OUT)

        await act(runtime, row["id"], NumberAction.COME_BACK)
        await sweep_numbers(runtime)

        found = await row_of(runtime.database, row["id"])
        assert ("QUARANTINE", timedelta(days=90)) == (
            found["status"],
            timedelta(days=int(str(found["rests"]))),
        )


class TestReinstating:
    async def test_lets_the_line_go_on(self, runtime: Runtime) -> None:
        """With its number, which no sweep gives back any more."""
        row = await put_number(
            runtime.database,
            NUMBER_11,
            NumberStatus.QUARANTINE,
            assigned_sim_id="'SIM-1'",
            quarantine_until="now()",
        )

        await act(runtime, row["id"], NumberAction.REINSTATE)
        await sweep_numbers(runtime)

        found = await row_of(runtime.database, row["id"])
        assert ("IN_USE", None) == (found["status"], found["rests"])

    async def test_needs_a_sim(self, runtime: Runtime) -> None:
        """A number that only rested after a block has no line."""
        row = await put_number(runtime.database, NUMBER_11, NumberStatus.QUARANTINE)

        with pytest.raises(NumberActionNotAllowed, match="no SIM has it"):
            await act(runtime, row["id"], NumberAction.REINSTATE)

    async def test_is_not_for_a_line_that_ended_with_its_contract(self, runtime: Runtime) -> None:
        """The provider has ended it, and a cancelled contract has no line (I10)."""
        row = await put_number(
            runtime.database,
            NUMBER_11,
            NumberStatus.QUARANTINE,
            assigned_sim_id="'SIM-1'",
            contract_id=await put_contract(runtime.database, "cancelled"),
        )

        with pytest.raises(NumberActionNotAllowed, match="ended with its contract"):
            await act(runtime, row["id"], NumberAction.REINSTATE)


async def releases_of(database: Database, number: UUID) -> list[str]:
    """The states of its releases, oldest first."""
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT state FROM operations WHERE subject_id = $1 "
            "AND kind = 'numbering.release_number' ORDER BY id",
            number,
        )
    return [row["state"] for row in rows]
