"""Of several contracts for one loan, the one whose link was requested first goes ahead."""

from dataclasses import replace

from tests.portability.stored import CLIENT, sold
from tramita.kit.database.engine import Database
from tramita.portability.journey.load_candidates import load_candidates
from tramita.portability.service import create_envelope, send_formalization_link


async def rivals(database: Database, *requested: int) -> list[bool]:
    """Whether each of three contracts for one loan has a rival, after links were requested."""
    loan = sold()
    tokens, ids = [], []
    for number in range(3):
        async with database.unit_of_work(actor="test") as work:
            made = await create_envelope(work, CLIENT, [replace(loan, number=f"R-{number}")])
            await work.session.flush()
            tokens.append(made.token)
            rows = await work.fetch(
                "SELECT id FROM envelope_contracts WHERE envelope_id = $1", made.id
            )
            ids += [row["id"] for row in rows]
    for place in requested:
        async with database.unit_of_work(actor="test") as work:
            await send_formalization_link(work, tokens[place])
    async with database.unit_of_work() as work:
        found = await load_candidates(work, ids)
    return [found[one].has_rival for one in ids]


class TestRivals:
    async def test_are_none_while_nobody_asked_to_send_them(self, database: Database) -> None:
        """An elder envelope whose link was never requested does not hold the loan."""
        assert not (await rivals(database, 2))[2]

    async def test_give_way_to_whoever_asked_first(self, database: Database) -> None:
        """The order of the requests decides, and never do two go ahead."""
        assert [True, False, True] == await rivals(database, 1, 2, 0)
