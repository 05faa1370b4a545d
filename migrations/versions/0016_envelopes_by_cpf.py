"""Envelopes are found by their client's CPF."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE INDEX envelopes_of_client ON envelopes ((customer -> 'borrower' ->> 'cpf'), id)"
    )
