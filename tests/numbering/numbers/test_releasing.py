"""The sweeps: numbers that nobody came for, and numbers that have rested."""

from collections import Counter
from typing import Any

import pytest

from tests.numbering.stock import find_row, put_contract, put_number
from tramita.kit.database.engine import Database
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.releasing import OVERDUE, sweep_numbers
from tramita.numbering.settings import NumberingSettings

S = NumberStatus
PAST, FUTURE = "tramita_now() - interval '1 hour'", "tramita_now() + interval '1 hour'"


@pytest.fixture
def runtime(database: Database) -> Runtime:
    """A process without providers."""
    return Runtime(Settings(), database, Live(database.connect))


async def rows(database: Database, query: str, *arguments: object) -> list[dict[str, Any]]:
    """Rows of a query."""
    async with database.unit_of_work(actor="test") as work:
        return [dict(row) for row in await work.fetch(query, *arguments)]


async def put_many(database: Database, count: int, status: NumberStatus, due: str) -> None:
    """As many numbers that are due."""
    column = "reserved_until" if status is S.RESERVED else "quarantine_until"
    await rows(
        database,
        f"""
        INSERT INTO phone_number (id, msisdn, origin, status, {column}, created_at, updated_at)
        SELECT gen_random_uuid(), '55119' || lpad(n::text, 8, '0'), 'VIVO', '{status.value}', {due},
               tramita_now(), tramita_now() FROM generate_series(1, {count}) AS n
        """,
    )


async def counts(database: Database) -> Counter[str]:
    """How many numbers stand where."""
    found = await rows(database, "SELECT status FROM phone_number")
    return Counter(row["status"] for row in found)


def lag(sweep: str) -> float:
    """How many seconds a sweep says it is behind."""
    value: float = OVERDUE.labels(sweep)._value.get()
    return value


class TestSweepNumbers:
    async def test_gives_back_what_is_due_and_nothing_else(self, runtime: Runtime) -> None:
        """Reserved and not come for, and rested long enough; each with its reason."""
        database = runtime.database
        due = {
            "5511900000001": await put_number(
                database, "5511900000001", S.RESERVED, reserved_until=PAST
            ),
            "5511900000002": await put_number(
                database,
                "5511900000002",
                S.QUARANTINE,
                quarantine_until=PAST,
                assigned_sim_id="'S1'",
            ),
        }
        await put_number(database, "5511900000003", S.RESERVED, reserved_until=FUTURE)
        await put_number(database, "5511900000004", S.QUARANTINE, quarantine_until=FUTURE)
        for n, status in enumerate(set(S) - {S.RESERVED, S.QUARANTINE, S.RETURNED}):
            both = {"reserved_until": PAST, "quarantine_until": PAST}
            await put_number(database, f"551190000001{n}", status, **both)
        before = await counts(database)

        for _ in range(2):
            await sweep_numbers(runtime)

        moved = Counter({"RESERVED": -1, "QUARANTINE": -1, "RETURNED": 2})
        before.update(moved)
        assert before == await counts(database)
        for msisdn in due:
            row = await find_row(database, msisdn)
            assert row is not None
            names = ("assigned_sim_id", "reserved_until", "quarantine_until", "provider_release")
            assert [None, None, None, "PENDING"] == [row[name] for name in names]
        told = await rows(database, "SELECT trigger, actor FROM history ORDER BY trigger")
        assert [("abandon", "sweep"), ("end_quarantine", "sweep")] == [
            (one["trigger"], one["actor"]) for one in told if one["actor"] == "sweep"
        ]
        # The provider is to take each of them back once, however often was swept (R30).
        owed = await rows(database, "SELECT subject_id FROM operations")
        assert {row["id"] for row in due.values()} == {row["subject_id"] for row in owed}
        assert 2 == len(owed)

    async def test_leaves_a_number_whose_contract_is_active(self, runtime: Runtime) -> None:
        """It is waited for by somebody; when the contract is cancelled it goes (R29)."""
        database = runtime.database
        for n, state in enumerate(("created", "activated", "cancelled")):
            contract = await put_contract(database, state)
            await put_number(
                database, f"551190000000{n}", S.RESERVED, reserved_until=PAST, contract_id=contract
            )

        await sweep_numbers(runtime)

        assert Counter(RESERVED=2, RETURNED=1) == await counts(database)
        assert 0 == lag("abandoned")
        row = await find_row(database, "5511900000002")
        assert row is not None
        assert ("RETURNED", None) == (row["status"], row["contract_id"])

    async def test_works_in_bounded_batches_and_says_how_far_behind_it_is(
        self, runtime: Runtime
    ) -> None:
        """So many in a transaction, so many in a run; the longest overdue first (R31)."""
        database = runtime.database
        runtime.configure(NumberingSettings(sweep_batch=4, sweep_rate=10))
        await put_many(database, 25, S.RESERVED, "tramita_now() - n * interval '1 hour'")

        behind = []
        for _ in range(4):
            await sweep_numbers(runtime)
            behind.append((round(lag("abandoned") / 3600), (await counts(database))["RETURNED"]))

        assert [(15, 10), (5, 20), (0, 25), (0, 25)] == behind
        in_one = await rows(
            database, "SELECT count(*) AS n FROM history GROUP BY at ORDER BY min(id)"
        )
        assert [4, 4, 2, 4, 4, 2, 4, 1] == [row["n"] for row in in_one]

    @pytest.mark.parametrize("status", [S.RESERVED, S.QUARANTINE])
    async def test_passes_over_what_somebody_has_in_hand(
        self, runtime: Runtime, status: NumberStatus
    ) -> None:
        """It neither waits for it nor takes it; the next sweep does."""
        database = runtime.database
        await put_many(database, 3, status, PAST)
        async with database.unit_of_work(actor="test") as work:
            await work.fetch(
                "SELECT FROM phone_number WHERE msisdn = '5511900000002' FOR NO KEY UPDATE"
            )
            await sweep_numbers(runtime)
            assert Counter({"RETURNED": 2, status.value: 1}) == await counts(database)

        await sweep_numbers(runtime)
        assert Counter(RETURNED=3) == await counts(database)
