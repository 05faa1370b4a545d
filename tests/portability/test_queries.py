"""What clients and partners are shown while proposals are on their way."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tests.portability.stored import Running, desk, start
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.portability.api.envelopes import to_answer
from tramita.portability.api.formalization import (
    STILL_PROCESSING,
    to_details,
)
from tramita.portability.api.schemas import Details, EnvelopeAnswer
from tramita.portability.queries import get_envelope_view
from tramita.portability.views import ConsentAnswer, EnvelopeView, MarginAnswer

GROUP = "https://assina.example.com/grupo"
OWN = "https://assina.example.com/um"
FINANCIAL = {
    "monthly_interest_rate": "0.0167",
    "annual_cet": "0.2387",
    "installment_amount": "210.00",
    "number_of_installments": 80,
    "issue_amount": "8912.77",
    "first_due_date": "2027-01-07",
    "saving_per_month": "40.00",
    "saving_total": "3200.00",
}


class CountingWork(UnitOfWork):
    """A unit of work that counts its statements."""

    statements = 0

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        self.statements += 1
        return await super().fetch(query, *arguments)


async def run(database: Database, statement: str, *arguments: object) -> None:
    async with database.unit_of_work() as work:
        await work.fetch(statement, *arguments)


async def offered(database: Database, *, contracts: int = 1) -> Running:
    """An envelope all of whose contracts wait for the client's signature."""
    [started] = await start(database, envelopes=1, contracts=contracts)
    await run(
        database,
        "UPDATE envelope_contracts SET is_proposal_being_inserted = false, "
        "portability_status = 'FORMALIZACAO_CLIENTE', "
        "contract_status = 'AGUARDANDO_FORMALIZACAO', signature_url = $1",
        OWN,
    )
    return started


async def view_of(database: Database, token: UUID) -> EnvelopeView:
    async with database.unit_of_work() as work:
        return await get_envelope_view(work, token)


async def details_of(database: Database, token: UUID) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(to_details(await view_of(database, token)))
    return found


async def partner_view_of(database: Database, token: UUID) -> EnvelopeAnswer:
    page = "https://tramita.example/formalizacao/x"
    return to_answer(await view_of(database, token), EnvelopeAnswer, page=page)


class TestToDetails:
    """The answer of the details route."""

    @pytest.mark.parametrize(
        ("lease", "is_waiting"),
        [("1 minute", True), ("-10 seconds", True), ("-5 minutes", False)],
        ids=["alive", "just over", "long over"],
    )
    async def test_waits_as_long_as_a_lease_lives(
        self, database: Database, lease: str, *, is_waiting: bool
    ) -> None:
        """A crash cannot make the client wait for ever: the flag counts with its lease only."""
        [started] = await start(database, envelopes=1, contracts=1)
        await desk(database).take(started.operations[0])
        await run(database, "UPDATE operations SET lease_until = now() + $1::text::interval", lease)

        details = to_details(await view_of(database, started.token))

        assert is_waiting == (details == STILL_PROCESSING)

    async def test_waits_while_the_provider_is_asked(self, database: Database) -> None:
        """What nobody knows yet is still being inserted, and the page may say why it takes long."""
        [started] = await start(database, envelopes=1, contracts=2)
        await run(
            database,
            "UPDATE operations SET state = 'UNKNOWN' WHERE id = $1",
            started.operations[0],
        )

        view = await view_of(database, started.token)

        assert STILL_PROCESSING == to_details(view)
        assert [True, False] == [
            one.portability is not None and one.portability.is_asked_about for one in view.contracts
        ]

    async def test_give_the_one_link_of_a_group_to_whoever_has_to_sign(
        self, database: Database
    ) -> None:
        """What waits without a link of its own is signed at the group's address."""
        started = await offered(database, contracts=3)
        await run(database, "UPDATE envelopes SET group_url = $1", GROUP)
        await run(
            database, "UPDATE envelope_contracts SET signature_url = NULL WHERE position IN (0, 1)"
        )
        await run(
            database,
            "UPDATE envelope_contracts SET portability_status = 'AGUARDANDO_SALDO', "
            "contract_status = 'FORMALIZADO' WHERE position = 1",
        )

        details = await details_of(database, started.token)

        assert [GROUP, None, OWN] == [
            one["portability"]["signature_url"] for one in details["contracts"]
        ]

    async def test_keep_their_shape_whatever_else_is_remembered(self, database: Database) -> None:
        """Facts about an offer that are not in the public shape stay inside."""
        started = await offered(database)
        await run(
            database,
            "UPDATE envelope_contracts SET financial = $1::text::jsonb",
            msgspec.json.encode({**FINANCIAL, "recalculated_from": "214.62"}).decode(),
        )

        details = await details_of(database, started.token)

        assert FINANCIAL == details["contracts"][0]["portability"]["financial"]

    async def test_read_reasons_that_nobody_foresaw(self, database: Database) -> None:
        """A code that is new to us becomes a sentence, once."""
        started = await offered(database)
        reasons = [{"code": f"retained_new_{n}", "sentence": "New."} for n in (1, 2)]
        await run(
            database,
            "UPDATE envelope_contracts SET reasons = $1::text::jsonb",
            msgspec.json.encode(reasons).decode(),
        )

        details = await details_of(database, started.token)

        assert ["O banco atual não liberou este contrato."] == (
            details["contracts"][0]["portability"]["reasons"]
        )

    @pytest.mark.parametrize("state", ["cancelled", "expired"])
    async def test_of_a_closed_draft_wait_for_no_link(self, database: Database, state: str) -> None:
        """Nobody will ask for the link any more, so the client is not told to wait for it."""
        [started] = await start(database, envelopes=1)
        await run(
            database,
            "UPDATE envelopes SET state = $1, run = 0, run_total = 0, run_left = 0",
            state,
        )
        await run(database, "UPDATE envelope_contracts SET is_proposal_being_inserted = false")

        details = to_details(await view_of(database, started.token))

        assert isinstance(details, Details)


class TestGetEnvelopeView:
    """What the client's page is made of."""

    async def test_costs_as_many_statements_for_many_contracts_as_for_one(
        self, database: Database
    ) -> None:
        """Two statements, whatever is in the envelope."""
        started = await offered(database, contracts=7)
        counting = CountingWork(database.pool, database.keys)

        async with counting as work:
            view = await get_envelope_view(work, started.token)

        assert (2, 7) == (counting.statements, len(view.contracts))

    async def test_tells_what_became_known_later(self, database: Database) -> None:
        """The facts of the later life, as they are kept."""
        started = await offered(database)
        await run(database, LATER, *LATER_VALUES)

        [contract] = (await view_of(database, started.token)).contracts
        found = contract.portability
        assert found is not None
        assert ("balance_returned", "202611220000000000001", "8734.10", date(2026, 11, 27)) == (
            found.stage,
            found.portability_number,
            found.final_balance,
            found.balance_due_on,
        )
        assert ("awaiting", date(2026, 11, 30)) == (found.consent_status, found.consent_expires_on)
        assert ("waiting_signature", "signer_step_completed", "paid", ["x"], None) == (
            found.refinancing_status,
            found.signer_progress,
            found.conflict,
            found.margin_errors,
            found.recalculated_from,
        )
        assert found.margin_registered_at is not None

    async def test_says_which_contract_a_person_has_to_look_at(self, database: Database) -> None:
        """Any act for the contract that was left to a person makes it one of those."""
        started = await offered(database, contracts=2)
        await run(
            database,
            "UPDATE operations SET state = 'NEEDS_ATTENTION' WHERE id = $1",
            started.operations[1],
        )

        view = await view_of(database, started.token)

        assert [False, True] == [
            one.portability is not None and one.portability.needs_attention
            for one in view.contracts
        ]


LATER = """
    UPDATE envelope_contracts SET stage = 'balance_returned', stage_said = 'accepted',
        portability_number = $1, final_balance = 8734.1, balance_due_on = $2,
        consent_status = 'awaiting', consent_expires_on = $3,
        refinancing_status = 'waiting_signature', margin_registered_at = $4::date,
        margin_errors = '["x"]', signer_progress = 'signer_step_completed', conflict = 'paid'
"""
LATER_VALUES = ("202611220000000000001", date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 22))


class TestToPartnerView:
    """The partner's answer."""

    async def test_tells_what_became_known_later(self, database: Database) -> None:
        """Codes, dates and amounts, as they are documented."""
        started = await offered(database)
        await run(database, LATER, *LATER_VALUES)

        answer = await partner_view_of(database, started.token)

        found = answer.contracts[0].portability
        assert found is not None
        assert ("balance_returned", "accepted", "8734.10", date(2026, 11, 27)) == (
            found.stage,
            found.stage_said,
            found.final_balance,
            found.balance_due_on,
        )
        assert ConsentAnswer("awaiting", date(2026, 11, 30)) == found.consent
        assert ("waiting_signature", "signer_step_completed", "paid") == (
            found.refinancing_status,
            found.signer_progress,
            found.conflict,
        )
        assert (["x"], False) == (found.margin.errors, found.margin.registered_at is None)

    async def test_says_nothing_of_what_is_not_known(self, database: Database) -> None:
        """Without a consent or a balance there is neither."""
        started = await offered(database)

        answer = await partner_view_of(database, started.token)

        found = answer.contracts[0].portability
        assert found is not None
        assert (1, None, None, None, MarginAnswer(None, []), False) == (
            answer.version,
            found.stage,
            found.final_balance,
            found.consent,
            found.margin,
            found.cancelling_at_provider,
        )

    @pytest.mark.parametrize(
        ("state", "is_cancelling"),
        [
            ("PREPARED", True),
            ("UNKNOWN", True),
            ("REFUSED", True),
            ("NEEDS_ATTENTION", True),
            (None, True),
            ("SUCCEEDED", False),
        ],
    )
    async def test_shows_a_proposal_that_still_has_to_be_cancelled(
        self, database: Database, state: str | None, *, is_cancelling: bool
    ) -> None:
        """True until the provider has confirmed that the unwanted proposal is gone."""
        started = await offered(database)
        operation = new_id()
        await run(
            database,
            "INSERT INTO unwanted_proposals (id, provider, proposal_key, contract_id, reason, "
            "wanted_gone_at, operation_id) SELECT gen_random_uuid(), provider, 'k', id, 'x', now(), "
            "$1 FROM envelope_contracts",
            operation,
        )
        if state is not None:
            await run(database, CANCELLING, operation, state)

        answer = await partner_view_of(database, started.token)

        found = answer.contracts[0].portability
        assert found is not None
        assert is_cancelling == found.cancelling_at_provider


CANCELLING = """
    INSERT INTO operations SELECT (jsonb_populate_record(NULL::operations,
        to_jsonb(o) || jsonb_build_object('id', $1::uuid, 'key', $1::uuid, 'kind', 'cancel',
            'subject_id', gen_random_uuid(), 'state', $2::text))).*
    FROM operations AS o
"""
