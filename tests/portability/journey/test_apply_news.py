"""News written: states, history, the core's contract, what is prepared and what is told."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest

from tests.portability.later import fetch, offered, stored, tell, waiting
from tramita.kit.database.engine import Database
from tramita.portability.announcements import topic_of
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.ports import Consent, ConsentStatus, Margin, News, Stage, StopReason
from tramita.portability.profile import LenderProfile

S = Stage
STOP = StopReason("issuer_retention", "The client stays")


async def operations(database: Database) -> list[str]:
    """What is prepared to be done at the provider, beside insertions."""
    rows = await fetch(
        database,
        "SELECT kind FROM operations WHERE kind <> 'portability.insert_proposal' ORDER BY id",
    )
    return [row["kind"].removeprefix("portability.") for row in rows]


async def effects(database: Database) -> list[str]:
    """What each message did, in the order in which they came."""
    rows = await fetch(database, "SELECT effect FROM proposal_events ORDER BY id")
    return [row["effect"] for row in rows]


class TestApplyNews:
    async def test_walks_a_whole_life(self, database: Database) -> None:
        """Told in order, a portability is signed, settled and paid; the contract is active."""
        [contract] = await offered(database)
        balance = Decimal("8912.77")

        await tell(
            database,
            contract.news(S.SUBMITTED),
            contract.news(S.AT_ORIGIN, minutes=2, portability_number="202611180000000000001"),
            contract.news(S.BALANCE_RETURNED, minutes=3, final_balance=balance),
            contract.news(S.BALANCE_ACCEPTED, minutes=4),
            contract.news(S.SETTLING, minutes=5),
            contract.news(S.PAID, minutes=6),
        )

        row = await stored(database, contract)
        assert ("PAGO", "FINALIZADO", "paid") == (
            row["contract_status"],
            row["portability_status"],
            row["stage"],
        )
        assert (balance, date(2026, 11, 26)) == (row["final_balance"], row["balance_due_on"])
        [core] = await fetch(
            database, "SELECT activated, backend_record FROM contracts WHERE id = $1", contract.id
        )
        assert core["activated"]
        assert "202611180000000000001" == core["backend_record"]["portability_number"]

    async def test_writes_an_arrow_of_history_for_each_stage_that_was_skipped(
        self, database: Database
    ) -> None:
        """Lost webhooks do no harm: the way is walked, and the cause names the news."""
        [contract] = await offered(database)

        await tell(database, contract.news(S.PAID), source="poll")

        rows = await fetch(
            database,
            "SELECT trigger, cause FROM history WHERE subject = 'envelope_contracts' "
            "AND subject_id = $1 AND trigger <> 'accept_proposal' ORDER BY id",
            contract.id,
        )
        assert [
            ("sign", "paid (poll)"),
            ("return_balance", "paid (poll)"),
            ("accept_balance", "paid (poll)"),
            ("pay", "paid (poll)"),
        ] == [tuple(row) for row in rows]

    async def test_applies_once_what_comes_at_the_same_moment(self, database: Database) -> None:
        """Six equal messages in parallel: one applies, five are known, none is lost."""
        [contract] = await offered(database)

        await asyncio.gather(*(tell(database, contract.news(S.SUBMITTED)) for _ in range(6)))

        assert ["applied", *["known"] * 5] == await effects(database)

    async def test_applies_many_contracts_at_once(self, database: Database) -> None:
        """A batch moves each contract by its own news, two of one contract in their order."""
        one, two, three = await offered(database, contracts=3)
        async with database.unit_of_work(actor="qitech") as work:
            await apply_news(
                work,
                LenderProfile("qitech"),
                [
                    (one.news(S.SUBMITTED), "poll"),
                    (two.news(S.SUBMITTED), "poll"),
                    (two.news(S.RETAINED, minutes=2, stop=STOP), "poll"),
                    (three.news(S.OFFERED), "poll"),
                ],
            )

        statuses = [(await stored(database, c))["portability_status"] for c in (one, two, three)]

        assert ["AGUARDANDO_SALDO", "RETIDO", "FORMALIZACAO_CLIENTE"] == statuses

    async def test_ends_alike_however_messages_cross(self, database: Database) -> None:
        """Whole lives of an envelope, every message twice, shuffled and all at once."""
        contracts = await offered(database, contracts=4)
        life = [S.SUBMITTED, S.AT_ORIGIN, S.BALANCE_RETURNED, S.BALANCE_ACCEPTED, S.PAID]
        messages = [
            one.news(stage, minutes=minute)
            for one in contracts
            for minute, stage in enumerate(life)
            for _ in range(2)
        ]
        Random(7).shuffle(messages)

        await asyncio.gather(*(tell(database, one) for one in messages))

        rows = [await stored(database, one) for one in contracts]
        assert [("FINALIZADO", "PAGO", None)] * 4 == [
            (row["portability_status"], row["contract_status"], row["conflict"]) for row in rows
        ]
        assert 40 == len(await effects(database))

    async def test_finds_the_contract_by_the_key_of_its_loan(self, database: Database) -> None:
        """Messages about the margin bear the loan's key, not the proposal's."""
        [contract] = await offered(database)
        key = (await stored(database, contract))["credit_operation_key"]
        about = contract.news(margin=Margin(is_registered=False, errors=("no_margin",)))

        strays = await tell(database, replace(about, proposal_key=key))

        assert [] == strays
        assert ["no_margin"] == (await stored(database, contract))["margin_errors"]

    async def test_gives_back_what_fits_no_contract(self, database: Database) -> None:
        """Nothing is written of a proposal that nobody knows: it may be on its way."""
        [contract] = await offered(database)
        stray = replace(contract.news(S.SUBMITTED), proposal_key=str(uuid4()))

        assert [stray] == await tell(database, stray)
        assert [] == await effects(database)

    async def test_shows_a_status_nobody_has_decided_about(self, database: Database) -> None:
        """A new word of the vendor is kept and shown, and moves nothing."""
        [contract] = await offered(database)

        await tell(database, contract.news(said="pending_moon", is_recognized=False))

        row = await stored(database, contract)
        assert ("pending_moon", "offered") == (row["stage_said"], row["stage"])
        assert ["unrecognized"] == await effects(database)

    async def test_hears_the_last_word_on_the_margin_in_any_order(self, database: Database) -> None:
        """What was said when is remembered with the events, over transactions."""
        [contract] = await offered(database)
        late = contract.news(minutes=1, margin=Margin(is_registered=False, errors=("old",)))
        last = contract.news(minutes=9, margin=Margin(is_registered=False, errors=("new",)))

        await tell(database, last, late)

        assert ["new"] == (await stored(database, contract))["margin_errors"]


class TestTheEnd:
    async def test_by_the_origin_bank_cancels_the_contract(self, database: Database) -> None:
        """The client stays where he is: no status is open, no question is asked any more."""
        [contract] = await offered(database)

        await tell(database, contract.news(S.RETAINED, stop=STOP))

        row = await stored(database, contract)
        assert ("CANCELADO", "RETIDO") == (row["contract_status"], row["portability_status"])
        assert ["retained_issuer_retention"] == [one["code"] for one in row["reasons"]]
        assert row["poll_at"] is None
        [core] = await fetch(database, "SELECT state FROM contracts WHERE id = $1", contract.id)
        assert "cancelled" == core["state"].lower()
        assert [] == await operations(database)

    @pytest.mark.parametrize("status", [ConsentStatus.DENIED, ConsentStatus.EXPIRED])
    async def test_by_the_beneficiary_is_carried_to_the_provider(
        self, database: Database, status: ConsentStatus
    ) -> None:
        """No consent, no portability: cancelled here, and what lives there is cancelled."""
        [contract] = await offered(database)

        await tell(
            database,
            contract.news(S.AT_ORIGIN),
            contract.news(minutes=2, consent=Consent(status, date(2026, 11, 22))),
        )

        row = await stored(database, contract)
        assert ("CANCELADO", f"consent_{status}") == (
            row["portability_status"],
            row["reasons"][0]["code"],
        )
        assert ["cancel_proposal"] == await operations(database)

    async def test_is_not_the_end_when_the_proposal_lives_on(self, database: Database) -> None:
        """A live stage of a dead contract is a conflict, and cancelled at the provider once."""
        [contract] = await offered(database)
        denied = contract.news(consent=Consent(ConsentStatus.DENIED, None))

        later = contract.news(S.AT_ORIGIN, minutes=2)
        await tell(database, denied, later, later)

        row = await stored(database, contract)
        assert "CANCELADO here / at_origin there" == row["conflict"]
        assert ["cancel_proposal"] == await operations(database)

    async def test_may_be_heard_before_the_way_there(self, database: Database) -> None:
        """What happened before the consent was denied, told after it, contradicts nothing."""
        [contract] = await offered(database)
        denied = contract.news(minutes=3, consent=Consent(ConsentStatus.DENIED, None))

        await tell(database, denied)
        await tell(database, contract.news(S.AT_ORIGIN, minutes=2))

        row = await stored(database, contract)
        assert ("at_origin", None) == (row["stage"], row["conflict"])
        assert ["cancel_proposal"] == await operations(database)

    async def test_in_two_ways_is_left_to_a_person(self, database: Database) -> None:
        """Paid and retained: the first stays, the second is kept beside it."""
        [contract] = await offered(database)

        await tell(database, contract.news(S.PAID), contract.news(S.RETAINED, stop=STOP))

        row = await stored(database, contract)
        assert ("FINALIZADO", "paid there / retained there") == (
            row["portability_status"],
            row["conflict"],
        )
        assert ["applied", "conflict"] == await effects(database)


class TestWhatIsOurs:
    async def test_to_submit_is_prepared_once(self, database: Database) -> None:
        """A held proposal waits for our word; hearing of it twice says it once."""
        [contract] = await offered(database)

        await tell(database, contract.news(S.HELD), contract.news(S.HELD))

        assert ["submit_proposal"] == await operations(database)
        assert 1 == len(await waiting(database, "portability.submit_proposal"))

    @pytest.mark.parametrize(
        ("balance", "prepared", "status"),
        [
            ("8912.77", ["accept_balance"], "SALDO_RETORNADO"),
            ("8000.00", ["recalculate_proposal"], "SALDO_RETORNADO"),
            ("9500.00", ["cancel_proposal"], "CANCELADO"),
            (None, [], "SALDO_RETORNADO"),
        ],
        ids=["as agreed", "less", "more", "not told"],
    )
    async def test_to_do_about_the_balance(
        self, database: Database, balance: str | None, prepared: list[str], status: str
    ) -> None:
        """The policy's three courses; without the balance nothing is done."""
        [contract] = await offered(database)
        final = Decimal(balance) if balance else None
        returned = contract.news(S.BALANCE_RETURNED, final_balance=final)

        await tell(database, returned, returned)

        assert prepared == await operations(database)
        assert status == (await stored(database, contract))["portability_status"]

    async def test_to_do_about_a_balance_that_comes_later(self, database: Database) -> None:
        """The webhook came without the amount; the poll brings it."""
        [contract] = await offered(database)
        returned = contract.news(S.BALANCE_RETURNED)

        await tell(database, returned, replace(returned, final_balance=Decimal("8912.77")))

        assert ["accept_balance"] == await operations(database)


class TestTelling:
    async def test_reaches_whoever_looks_at_the_envelope(self, database: Database) -> None:
        """An applied message is published with both statuses; a known one is not."""
        [contract] = await offered(database)
        [envelope] = await fetch(database, "SELECT token, version FROM envelopes")

        async with database.unit_of_work(actor="qitech") as work:
            await apply_news(
                work, LenderProfile("qitech"), [(contract.news(S.SUBMITTED), "webhook")]
            )
            published = list(work._messages)
        async with database.unit_of_work(actor="qitech") as work:
            await apply_news(
                work, LenderProfile("qitech"), [(contract.news(S.SUBMITTED), "webhook")]
            )
            repeated = list(work._messages)

        told: News | dict[str, str] = {
            "type": "CONTRACT_CHANGED",
            "id": str(contract.id),
            "status": "FORMALIZADO",
            "portability_status": "AGUARDANDO_SALDO",
        }
        assert [(topic_of(envelope["token"]), told)] == published
        assert [] == repeated
        [after] = await fetch(database, "SELECT version FROM envelopes")
        assert envelope["version"] + 1 == after["version"]
