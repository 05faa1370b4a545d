"""What the client is shown while proposals are on their way."""

import pytest

from tests.portability.stored import desk, start
from tramita.kit.database.engine import Database
from tramita.portability.queries import STILL_PROCESSING, get_envelope_view, to_details


class TestToDetails:
    @pytest.mark.parametrize(
        ("lease", "is_waiting"),
        [("1 minute", True), ("-10 seconds", True), ("-5 minutes", False)],
        ids=["alive", "just over", "long over"],
    )
    async def test_waits_as_long_as_a_lease_lives(
        self, database: Database, lease: str, *, is_waiting: bool
    ) -> None:
        """A crash cannot make the client wait for ever: the flag counts with its lease only."""
        [run] = await start(database, envelopes=1, contracts=1)
        await desk(database).take(run.operations[0])
        async with database.unit_of_work() as work:
            await work.fetch(
                "UPDATE operations SET lease_until = now() + $1::text::interval", lease
            )

        async with database.unit_of_work() as work:
            details = to_details(await get_envelope_view(work, run.token))

        assert is_waiting == (details == STILL_PROCESSING)
