"""Processes of Tramita on a server of their own, which a test may maltreat."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from tests.databases import CARELESS
from tests.journeys.processes import Processes, processes
from tests.world import envelope, until
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.transient import is_transient

# What was committed outlives the server, though not the machine.
OPTIONS: Final = CARELESS | {"synchronous_commit": "on"}
# After PostgreSQL is back, in seconds; the machine may be busy with other tests.
GOES_ON_WITHIN: Final = 180

_OPEN: Final = """
    SELECT concat_ws(' ', kind, state, reason) AS what, count(*) AS n FROM operations
    WHERE state NOT IN ('SUCCEEDED', 'REFUSED') GROUP BY 1
    UNION ALL SELECT concat_ws(' ', entrypoint, status), count(*) FROM pgqueuer
    WHERE status = 'failed' OR execute_after < now() GROUP BY 1
    UNION ALL SELECT 'runs', count(*) FROM envelopes WHERE run_left > 0 HAVING count(*) > 0
    UNION ALL SELECT 'messages', count(*) FROM inbox WHERE processed_at IS NULL HAVING count(*) > 0
"""


@dataclass
class Place:
    """Processes of Tramita on a server of their own."""

    directory: Path
    server: EmbeddedPostgres
    tramita: Processes
    tokens: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    async def make(self, contracts: int) -> UUID | None:
        """One envelope whose link was asked for; a web that cannot now is asked again."""
        body = envelope(portabilities=contracts)
        while True:
            async with self.tramita.api.post("/api/v1/envelopes", json=body) as answer:
                said = await answer.json(content_type=None)
            if answer.status == 201:
                break
            self.refused[f"{answer.status} {said.get('code')}"] += 1
            if said.get("code") == "contract_number_taken":
                return None  # It was made, and the answer was lost: somebody else's test.
        token = said["token"]
        self.tokens.append(token)
        while True:
            path = "/api/contratos/formalizacao/enviar-link/"
            async with self.tramita.api.post(path, json={"token": token}) as answer:
                if answer.status == 200:
                    return UUID(token)
            self.refused[f"{answer.status} link"] += 1

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record] | None:
        """The rows of a statement; none at all while the database is away."""
        try:
            return await self.tramita.database.fetch(query, *arguments)
        except Exception as error:
            if is_transient(error):
                return None
            raise

    async def until_over(self, token: UUID) -> None:
        """Wait until the run of an envelope is over, however long the database is away."""

        async def is_so() -> bool:
            rows = await self.fetch("SELECT run_left FROM envelopes WHERE token = $1", token)
            return rows is not None and rows[0]["run_left"] == 0

        await until(is_so, deadline=GOES_ON_WITHIN)

    async def until_all_done(self, *, deadline: float) -> None:
        """Wait until everything that was begun has come to its end."""
        seen: Sequence[asyncpg.Record] | None = None

        async def is_so() -> bool:
            nonlocal seen
            seen = await self.fetch(_OPEN)
            return seen is not None and not seen

        try:
            await until(is_so, deadline=deadline)
        except TimeoutError:
            raise AssertionError(seen) from None


@asynccontextmanager
async def running_place(
    data: Path, folder: Path, *roles: str, options: Mapping[str, str] = OPTIONS
) -> AsyncIterator[Place]:
    """Processes on a server whose files lie in ``data``; all is kept in the end."""
    server = await asyncio.to_thread(EmbeddedPostgres.start, data, options=options)
    database = Database.open(server.url(), pool_size=2)
    try:
        await migrate(database)
        async with processes(database, server.url(), folder) as tramita:
            # A busy machine is not to look like a slow bank.
            tramita.environment["TRAMITA_QITECH_DEADLINE"] = "10"
            for role in roles:
                await tramita.start(role)
            place = Place(data, server, tramita)
            yield place
            server = place.server
            await _is_kept(place)
    finally:
        await database.close()
        server.close()


async def _is_kept(place: Place) -> None:
    """Every process is there still, nothing is broken, and each contract is at the bank once."""
    assert {None} == {one.returncode for one in place.tramita.running}, place.tramita.written()
    # It asks the bank about each of thousands of contracts.
    code, said = await place.tramita.run("check", deadline=10 * GOES_ON_WITHIN)
    assert code == 0, said
    rows = await place.tramita.database.fetch(
        "SELECT portability_status AS status, count(*) AS n FROM envelope_contracts GROUP BY 1"
    )
    created = await place.tramita.qitech.created()
    assert {"FORMALIZACAO_CLIENTE": created.total()} == {row["status"]: row["n"] for row in rows}
    assert {1} == set(created.values())
