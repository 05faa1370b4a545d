"""What time does to envelopes: reminders with a cap, one warning, the end."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.forgetting import rows_of
from tests.portability.later import Offered, ScriptedProvider, fetch, offered, runtime_with, tell
from tests.portability.stored import start
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks.endpoints import Rules, create_endpoint
from tramita.kit.webhooks.reach import Reach
from tramita.portability.ports import Stage
from tramita.portability.timers import NothingToSign, expire_envelopes, remind_clients, remind_now


@pytest.fixture
async def runtime(database: Database) -> Runtime:
    """A process; somebody listens to every event."""
    async with database.unit_of_work() as work:
        await create_endpoint(
            work,
            {"url": "https://lender.example/hooks", "description": "", "event_types": None},
            rules=Rules(frozenset(), Reach()),
        )
    return runtime_with(database, ScriptedProvider())


class TestReminders:
    async def test_come_three_times_at_most(self, runtime: Runtime) -> None:
        """After two days, then every three; nobody is reminded for ever."""
        await offered(runtime.database)
        for _ in range(20):
            await days_pass(runtime, 1)

        assert [1, 2, 3] == [one["reminder"] for one in await said(runtime, "envelope.reminder")]

    async def test_carry_the_envelope(self, runtime: Runtime) -> None:
        """Its token, its version and where each contract stands; nobody's name or CPF."""
        [contract] = await offered(runtime.database)
        await days_pass(runtime, 3)

        [reminder] = await said(runtime, "envelope.reminder")
        [row] = await fetch(runtime.database, "SELECT token, version FROM envelopes")

        assert (str(row["token"]), row["version"]) == (reminder["token"], reminder["version"])
        assert [(contract.number, "FORMALIZACAO_CLIENTE")] == [
            (one["number"], one["portability_status"]) for one in reminder["contracts"]
        ]

    async def test_end_with_the_signature(self, runtime: Runtime) -> None:
        """Who has signed everything hears nothing more."""
        [contract] = await offered(runtime.database)
        await days_pass(runtime, 3)
        await tell(runtime.database, contract.news(Stage.SUBMITTED))
        for _ in range(10):
            await days_pass(runtime, 1)

        assert 1 == len(await said(runtime, "envelope.reminder"))

    async def test_may_be_asked_for(self, runtime: Runtime) -> None:
        """At once, and as often as somebody asks; not when nothing waits for the client."""
        [contract] = await offered(runtime.database)
        token = await token_of(runtime, contract)

        await ask_for_reminder(runtime, token)
        await tell(runtime.database, contract.news(Stage.SUBMITTED))
        with pytest.raises(NothingToSign):
            await ask_for_reminder(runtime, token)

        assert 1 == len(await said(runtime, "envelope.reminder"))


class TestTheWarning:
    async def test_comes_once_before_the_end(self, runtime: Runtime) -> None:
        """Three days before; not for what is signed."""
        await offered(runtime.database)
        await days_pass(runtime, 26)
        before = len(await said(runtime, "envelope.expiring"))
        for _ in range(3):
            await days_pass(runtime, 1)

        assert (0, 1) == (before, len(await said(runtime, "envelope.expiring")))


class TestTheEnd:
    async def test_of_a_draft_cancels_what_was_never_sent(self, runtime: Runtime) -> None:
        """Thirty days, and nobody has asked for the link."""
        [run] = await start(runtime.database, envelopes=1)
        await fetch(
            runtime.database,
            "UPDATE envelope_contracts SET insertion_id = NULL, is_proposal_being_inserted = false",
        )
        await fetch(runtime.database, "UPDATE envelopes SET state = 'draft', run_left = 0")
        await fetch(runtime.database, "DELETE FROM operations")

        await days_pass(runtime, 31)

        [row] = await fetch(runtime.database, "SELECT state FROM envelopes")
        statuses = await fetch(
            runtime.database, "SELECT DISTINCT contract_status, reasons FROM envelope_contracts"
        )
        assert "expired" == row["state"]
        assert [("CANCELADO", "envelope_expired")] == [
            (one["contract_status"], one["reasons"][0]["code"]) for one in statuses
        ]
        assert [run.token] == [UUID(one["token"]) for one in await said(runtime, "envelope.ended")]

    async def test_is_told_once(self, runtime: Runtime) -> None:
        """Looked at again and again, it has ended once."""
        await offered(runtime.database)
        for _ in range(3):
            await days_pass(runtime, 31)

        assert 1 == len(await said(runtime, "envelope.ended"))


async def days_pass(runtime: Runtime, days: int) -> None:
    """Time goes on, and the timers look."""
    async with runtime.database.unit_of_work() as work:
        await advance_clock(work, runtime.settings, timedelta(days=days))
    await remind_clients(runtime)
    await expire_envelopes(runtime)


async def said(runtime: Runtime, kind: str) -> list[dict[str, Any]]:
    """The data of every event of a kind, oldest first."""
    events = await rows_of(runtime.database, "webhook_events", "type, body")
    return [json.loads(body)["data"] for type_, body in events if type_ == kind]


async def token_of(runtime: Runtime, contract: Offered) -> UUID:
    """The token of a contract's envelope."""
    [row] = await fetch(
        runtime.database, "SELECT token FROM envelopes WHERE id = $1", contract.envelope_id
    )
    token: UUID = row["token"]
    return token


async def ask_for_reminder(runtime: Runtime, token: UUID) -> None:
    """What a partner's click does."""
    async with runtime.database.unit_of_work(actor="test") as work:
        await remind_now(work, token)
