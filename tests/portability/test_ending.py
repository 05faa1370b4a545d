"""Ending an envelope where others work on it at the same time."""

import asyncio
import time
from decimal import Decimal
from uuid import UUID

import pytest

from tests.locks import count_waiting, until_waiting
from tests.portability.later import fetch, offered, tell
from tests.portability.stored import LEASES, start
from tests.world import until
from tramita.kit.attempt import Exchanged
from tramita.kit.database.engine import Database
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.portability.ending import EnvelopeBeingPaid, cancel_envelope
from tramita.portability.journey.accept_balance import ACCEPTANCE
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.journey.open_proposals import OpenProposal
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import CAPABILITIES, Stage
from tramita.portability.profile import LenderProfile
from tramita.portability.provider import PROVIDER


class TestCancelEnvelope:
    async def test_waits_for_whoever_records_outcomes(self, database: Database) -> None:
        """Both lock operations, contracts, envelope, in this order: neither waits for ever."""
        [run] = await start(database, envelopes=1)

        async def cancel() -> str:
            async with database.unit_of_work() as work:
                return (await cancel_envelope(work, run.token)).state

        async with asyncio.timeout(20):
            async with database.unit_of_work() as recording:
                await recording.fetch("SELECT id FROM operations ORDER BY id FOR UPDATE")
                cancelling = asyncio.create_task(cancel())
                await until_waiting(database)
                await recording.fetch("SELECT id FROM envelope_contracts ORDER BY id FOR UPDATE")
                await recording.fetch("SELECT id FROM envelopes FOR NO KEY UPDATE")
            state = await cancelling

        assert "cancelled" == state

    async def test_is_refused_once_the_balance_was_agreed_to(self, database: Database) -> None:
        """Our word is out, and nobody has told of the payment yet: nobody can take it back."""
        taken, token = await agreeing(database)

        async with database.unit_of_work() as work:
            with pytest.raises(EnvelopeBeingPaid):
                await cancel_envelope(work, token)
        called = taken.attempt
        called.exchanges.append(Exchanged("PATCH", "/", "", 200, "", None, time.monotonic(), 1))
        await Desk(database, ACCEPTANCE.kind, LEASES).hand_in(
            Result(taken, None, OperationTrigger.DONE)
        )

        async with database.unit_of_work() as work:
            with pytest.raises(EnvelopeBeingPaid):
                await cancel_envelope(work, token)

    async def test_is_done_where_there_was_nothing_to_agree_to(self, database: Database) -> None:
        """The provider was asked, and our word never went out."""
        taken, token = await agreeing(database)
        await Desk(database, ACCEPTANCE.kind, LEASES).hand_in(
            Result(taken, None, OperationTrigger.DONE)
        )

        async with database.unit_of_work() as work:
            assert "cancelled" == (await cancel_envelope(work, token)).state

    async def test_is_heard_of_by_whoever_is_to_agree_to_a_balance(
        self, database: Database
    ) -> None:
        """Also where the balance was told while the envelope was being cancelled."""
        [contract] = await offered(database)
        [row] = await fetch(database, "SELECT token FROM envelopes")
        cancelled, committing = asyncio.Event(), asyncio.Event()

        async def cancel() -> None:
            async with database.unit_of_work() as work:
                await cancel_envelope(work, row["token"])
                cancelled.set()
                await committing.wait()

        async def is_met() -> bool:
            return taking.done() or await count_waiting(database) > 0

        news = contract.news(Stage.BALANCE_RETURNED, final_balance=Decimal("8912.77"))
        async with asyncio.timeout(60):
            async with database.unit_of_work(actor=PROVIDER) as work:
                await apply_news(
                    work,
                    LenderProfile(PROVIDER, capabilities=frozenset(CAPABILITIES)),
                    [(news, "webhook")],
                )
                cancelling = asyncio.create_task(cancel())
                # It has seen no operation that agrees, and waits for the contract.
                await until_waiting(database)
            await cancelled.wait()
            taking = asyncio.create_task(take_agreement(database))
            await until(is_met)
            committing.set()
            await cancelling
            taken = await taking

        assert PortabilityStatus.CANCELADO is taken.request.standing.status


async def take_agreement(database: Database) -> Task[OpenProposal]:
    """Take the one operation that agrees to a balance."""
    [row] = await fetch(database, "SELECT id FROM operations WHERE kind = $1", ACCEPTANCE.kind.name)
    taken = await Desk(database, ACCEPTANCE.kind, LEASES).take(row["id"])
    assert taken is not None
    return taken


async def agreeing(database: Database) -> tuple[Task[OpenProposal], UUID]:
    """The taken operation that agrees to a contract's balance; its envelope's token."""
    [contract] = await offered(database)
    balance = Decimal("8912.77")
    await tell(database, contract.news(Stage.BALANCE_RETURNED, final_balance=balance))
    [row] = await fetch(database, "SELECT token FROM envelopes")
    return await take_agreement(database), row["token"]
