"""A contract's number at the provider, so that each partner has numbers of its own."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    # What there is was sent under its plain number and goes on being known by it, and so is
    # what a process of the former release still adds. No number has a colon in it.
    """
    ALTER TABLE envelope_contracts
        ADD COLUMN number_space text NOT NULL DEFAULT 'house',
        ADD COLUMN number_at_provider text NOT NULL GENERATED ALWAYS AS (
            CASE number_space WHEN 'house' THEN number ELSE number_space || ':' || number END
        ) STORED,
        DROP CONSTRAINT envelope_contracts_number_key,
        ADD CONSTRAINT envelope_contracts_number_at_provider UNIQUE (number_at_provider)
    """,
    "CREATE INDEX envelope_contracts_number ON envelope_contracts (number)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
