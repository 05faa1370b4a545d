"""Contracts of an organization that wait for somebody are found, however many there are."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE INDEX orders_unsigned_of_organization ON orders (organization_id, id) "
    "WHERE contract_definition_id IS NOT NULL AND state IN "
    "('assigned', 'draft', 'signing', 'to_sign', 'to_sign_and_to_save_payment_method')",
    "CREATE INDEX signing_procedures_half_signed ON signing_procedures (contract_id) "
    "WHERE student_signed_on IS NOT NULL AND organization_signed_on IS NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
