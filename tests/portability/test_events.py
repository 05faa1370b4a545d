"""What partners are told of an envelope: all of it, unless that is too much to say again and again."""

import json
from typing import Any

import pytest

from benchmarks.lives import THIN, make_lives
from tests.forgetting import rows_of
from tramita.kit.database.engine import Database
from tramita.portability import events
from tramita.portability.events import ALL_DONE, CONTRACT_CHANGED, tell_partners


@pytest.fixture
async def five(database: Database) -> Database:
    """A database with an envelope of five contracts, and a partner that listens."""
    connection = await database.connect()
    await make_lives(connection, 5, shape=THIN)
    await connection.execute("DELETE FROM webhook_events; DELETE FROM pgqueuer")
    await connection.close()
    return database


async def told(database: Database) -> dict[str, Any]:
    *_, (body,) = await rows_of(database, "webhook_events", "body")
    data: dict[str, Any] = json.loads(body)["data"]
    return data


class TestAContractThatMoved:
    @pytest.mark.parametrize(("most", "is_whole", "positions"), [(5, True, 5), (4, False, 1)])
    async def test_is_told_with_the_others_while_they_are_few(
        self,
        five: Database,
        monkeypatch: pytest.MonkeyPatch,
        most: int,
        is_whole: bool,
        positions: int,
    ) -> None:
        """Of many, each change would repeat all: the square of their number."""
        monkeypatch.setattr(events, "MOST_TOLD", most)
        [row] = await five.fetch("SELECT id, envelope_id FROM envelope_contracts LIMIT 1")
        async with five.unit_of_work() as work:
            await tell_partners(work, CONTRACT_CHANGED, [row["envelope_id"]], moved=[row["id"]])

        data = await told(five)
        assert (is_whole, positions) == (data["is_whole"], len(data["contracts"]))
        assert str(row["id"]) in [one["id"] for one in data["contracts"]]
        assert {"token", "version", "state", "expires_at"} < set(data)

    async def test_leaves_other_events_whole(
        self, five: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They are told once for the envelope, not once for each of its contracts."""
        monkeypatch.setattr(events, "MOST_TOLD", 1)
        [row] = await five.fetch("SELECT envelope_id FROM envelope_contracts LIMIT 1")
        async with five.unit_of_work() as work:
            await tell_partners(work, ALL_DONE, [row["envelope_id"]])

        data = await told(five)
        assert (True, 5) == (data["is_whole"], len(data["contracts"]))
