"""What is held of somebody is told whole, whatever changes meanwhile."""

import msgspec

from tests.forgetting import PEOPLE
from tramita.contracts.changes import create_customer
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.database.engine import Database
from tramita.kit.people.exporting import AT_ONCE, export_person

_EVENTS = """
    INSERT INTO contract_events (contract_id, event, handled_by, actor, details, at)
    SELECT $1, 'event ' || n, '{}', 'test', '{}', now() FROM generate_series(1, $2) AS n
"""


async def test_tells_each_row_once_while_others_go(database: Database) -> None:
    """A row of a page that was told already goes before the next page is read."""
    async with database.unit_of_work(actor="test") as work:
        customer = await create_customer(work, {"name": "Zulmira Quartzberg"})
        await work.session.flush()
        contract = await create_contract(work, NewContract("A line", "net", customer=customer.id))
    await database.fetch("DELETE FROM contract_events")
    await database.fetch(_EVENTS, contract.id, 2 * AT_ONCE + 5)
    pieces = []
    async for piece in export_person(database, PEOPLE, [customer.id]):
        pieces.append(piece)
        if b'"event 1"' in piece:
            await database.fetch("DELETE FROM contract_events WHERE event = 'event 1'")
    told = msgspec.json.decode(b"".join(pieces))

    assert [f"event {n}" for n in range(1, 2 * AT_ONCE + 6)] == [
        one["event"] for one in told["held"]["contract_events"]
    ]
