"""Numbers, and contracts they belong to, that stand wherever a test wants them, without any provider."""

from typing import Any

from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.numbering.lifecycle import NumberStatus


async def put_number(
    database: Database, msisdn: str, status: NumberStatus, **columns: Any
) -> dict[str, Any]:
    """Have a number stand at ``status``, whatever it was; answers its row.

    ``columns`` are SQL: ``reserved_until="now()"``.
    """
    values = {"provider_release": "'NOT_NEEDED'", "prior_status": "NULL", **columns}
    names = ", ".join(values)
    assigned = ", ".join(f"{name} = excluded.{name}" for name in ("status", *values))
    async with database.unit_of_work(actor="test") as work:
        [row] = await work.fetch(
            f"""
            INSERT INTO phone_number (id, msisdn, origin, status, {names}, created_at, updated_at)
            VALUES ($1, $2, 'VIVO', $3, {", ".join(values.values())}, tramita_now(), tramita_now())
            ON CONFLICT (msisdn) DO UPDATE SET {assigned} RETURNING *
            """,
            new_id(),
            msisdn,
            status.value,
        )
    return dict(row)


async def put_contract(database: Database, state: str) -> str:
    """A contract of a mobile line; answers its id as SQL."""
    id_ = new_id()
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(
            """
            INSERT INTO contracts (id, name, backend, state, activated, created_at,
                                   external_references, backend_record, version)
            VALUES ($1, 'Line', 'vivo', $2, false, tramita_now(), '{}', '{}', 1)
            """,
            id_,
            state,
        )
    return f"'{id_}'"


async def find_row(database: Database, msisdn: str) -> dict[str, Any] | None:
    """The row of a number, if it is known."""
    async with database.unit_of_work(actor="test") as work:
        rows = await work.fetch("SELECT * FROM phone_number WHERE msisdn = $1", msisdn)
    return dict(rows[0]) if rows else None
