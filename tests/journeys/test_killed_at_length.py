"""``kill -9`` of whoever does at length what a person asked for: many at once, and a long list as a file."""

import csv
import io
from typing import Any

import pytest

from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.journeys.processes import Processes
from tests.journeys.test_pausing import ask
from tests.world import envelope
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.testing.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("quick_passwords")]

MANY, SENDABLE = 500, 420
KILLED_AFTER = (60, 200)
ROWS, PIECES = 23_000, 5
UNDER_WAY = (
    "SELECT count(*) FROM operations WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN')"
)
ANA = "ana@example.com"


async def fetch_one(tramita: Processes, query: str, *arguments: object) -> Any:
    """The only value of the only row."""
    [row] = await tramita.database.fetch(query, *arguments)
    return row[0]


async def until_more(tramita: Processes, query: str, least: int) -> None:
    """Wait until so many are counted."""

    async def is_so() -> bool:
        return bool(await fetch_one(tramita, query) >= least)

    await until(is_so, deadline=120)


async def park(tramita: Processes) -> None:
    """An envelope whose proposals all wait for a person: of some the provider may have one."""
    assert 200 == await ask(tramita, "pause", why="a maintenance")
    token = await tramita.make_envelope(envelope(portabilities=MANY))
    await tramita.send_link(token)
    await tramita.database.fetch(
        "UPDATE operations SET state = 'NEEDS_ATTENTION', reason = 'no answer within 30 s', "
        "parked_at = tramita_now()"
    )
    await tramita.database.fetch(
        "UPDATE operations SET nothing_since = tramita_now() "
        "WHERE id IN (SELECT id FROM operations ORDER BY id LIMIT $1)",
        SENDABLE,
    )
    await tramita.database.fetch("DELETE FROM pgqueuer")


class TestAnActOnMany:
    async def test_is_done_once_to_each_however_often_it_is_killed(
        self, tramita: Processes
    ) -> None:
        """Sent again are those that may be; at the provider there is one of each, and none of the rest."""
        # So many at once are answered slowly on a small machine, and how slowly is not looked at here.
        tramita.environment["TRAMITA_QITECH_DEADLINE"] = "60"
        await tramita.start("web")
        await park(tramita)
        ids = [str(row["id"]) for row in await tramita.database.fetch("SELECT id FROM operations")]
        body = {"action": "send_again", "note": "the line was down", "ids": ids}
        async with tramita.api.post("/api/v1/operations/many", json=body) as answer:
            assert 202 == answer.status, await answer.text()

        answered = "SELECT count(*) FROM bulk_act_items WHERE result IS NOT NULL"
        for least in KILLED_AFTER:
            worker = await tramita.start("worker")
            await until_more(tramita, answered, least)
            await tramita.kill(worker)
            assert await fetch_one(tramita, answered) < MANY
        await tramita.start("worker")
        await until_more(tramita, "SELECT count(ended_at) FROM bulk_acts", 1)
        sent = await tramita.database.fetch(
            "SELECT count(*) AS n FROM history WHERE trigger = 'not_sent' GROUP BY subject_id"
        )
        assert 200 == await ask(tramita, "resume")

        async def are_settled() -> bool:
            created = (await tramita.qitech.created()).total()
            under_way = await fetch_one(tramita, UNDER_WAY)
            return bool(created >= SENDABLE and under_way == 0)

        await until(are_settled, deadline=300)

        results = await tramita.database.fetch(
            "SELECT result, count(*) AS n FROM bulk_act_items GROUP BY result ORDER BY result"
        )
        assert [("done", SENDABLE), ("refused", MANY - SENDABLE)] == [*map(tuple, results)]
        assert [1] * SENDABLE == [row["n"] for row in sent]
        created = await tramita.qitech.created()
        assert (SENDABLE, {1}) == (len(created), set(created.values()))
        parked = "SELECT count(*) FROM operations WHERE state = 'NEEDS_ATTENTION'"
        assert MANY - SENDABLE == await fetch_one(tramita, parked)


async def ask_for_contracts(tramita: Processes, ana: Visitor) -> str:
    """Have the list written as CSV; answers where it will be."""
    async with tramita.database.unit_of_work() as work:
        await create_account(work, ANA, PASSWORD, Role.VIEWER)
    assert 303 == (await ana.sign_in(ANA)).status
    page = await ana.get("/console/contracts/files")
    form = {"csrf_token": page.csrf_token, "query": ""}
    assert 303 == (await ana.post("/console/contracts/files", form)).status
    return f"/console/contracts/files/{await fetch_one(tramita, 'SELECT id FROM exports')}"


class TestAListAsAFile:
    async def test_is_whole_however_often_its_writer_is_killed(self, tramita: Processes) -> None:
        """Each contract stands in it once, in the order of the list, below one line of titles."""
        await tramita.database.fetch(
            "INSERT INTO contracts (id, name, backend, state, activated, created_at, "
            "external_references, backend_record, version, tenant) "
            "SELECT gen_random_uuid(), 'A-' || n, 'smt', 'created', false, "
            "now() - n * interval '1 second', '{}', '{}', 1, 'house' "
            "FROM generate_series(1, $1::int) AS n",
            ROWS,
        )
        await tramita.start("web")
        async with visiting(tramita.url) as ana:
            address = await ask_for_contracts(tramita, ana)
            for pieces in (1, 3):
                worker = await tramita.start("worker")
                await until_more(tramita, "SELECT pieces FROM exports", pieces)
                await tramita.kill(worker)
                assert 409 == (await ana.get(address)).status
            await tramita.start("worker")
            await until_more(tramita, "SELECT count(*) FROM exports WHERE state = 'ready'", 1)
            file = await ana.get(address)

        titles, *lines = csv.reader(io.StringIO(file.source.lstrip("\ufeff")))
        assert PIECES == await fetch_one(tramita, "SELECT count(*) FROM export_pieces")
        assert "Contract" == titles[0]
        assert [f"A-{n}" for n in range(1, ROWS + 1)] == [line[0] for line in lines]
