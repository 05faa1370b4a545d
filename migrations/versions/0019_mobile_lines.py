"""Where the line of a mobile contract stands has a table and a life cycle of its own."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What the records say stays there: processes of the release before go by it."""
    op.execute(
        """
        CREATE TABLE mobile_lines (
            id uuid PRIMARY KEY REFERENCES contracts (id),
            state text NOT NULL CHECK (state IN ('REQUESTED', 'NUMBERED', 'LIVE', 'ENDED',
                                                 'RETURNED', 'FAILED', 'CANCELLED'))
        )
        """
    )
    op.execute(
        """
        INSERT INTO mobile_lines (id, state)
        SELECT c.id, CASE
            WHEN t.status IN ('RESERVED', 'ASSIGNED') THEN 'NUMBERED'
            WHEN t.status IN ('IN_USE', 'SUSPENDED') THEN 'LIVE'
            WHEN t.status IN ('QUARANTINE', 'PORTED_OUT') THEN 'ENDED'
            WHEN t.id IS NULL AND c.backend_record ->> 'status' IN ('RETURNED', 'CANCELLED', 'FAILED')
                THEN c.backend_record ->> 'status'
            -- Perhaps it has gone since: whoever looks at the contract writes that down.
            WHEN c.backend_record ? 'number_id' THEN 'NUMBERED'
            ELSE 'REQUESTED' END
        FROM contracts AS c LEFT JOIN phone_number AS t ON t.contract_id = c.id
        WHERE c.backend = 'vivo'
        """
    )
