"""Brands and models of devices, as the provider listed them last."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
