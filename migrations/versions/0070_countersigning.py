"""Contracts that wait for an organization's signature, and those that have it, are found by it.

Whose an order is never changes, so its procedures bear that from when they are made.
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE signing_procedures ADD COLUMN organization_id uuid",
    "UPDATE signing_procedures AS p SET organization_id = o.organization_id "
    "FROM orders AS o WHERE o.id = p.contract_id",
    """
    CREATE FUNCTION tramita_countersigner() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.organization_id := (SELECT organization_id FROM orders WHERE id = NEW.contract_id);
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER signing_procedures_countersigner BEFORE INSERT ON signing_procedures "
    "FOR EACH ROW EXECUTE FUNCTION tramita_countersigner()",
    "DROP INDEX signing_procedures_half_signed",
    "CREATE INDEX signing_procedures_half_signed ON signing_procedures (organization_id, contract_id) "
    "WHERE student_signed_on IS NOT NULL AND organization_signed_on IS NULL",
    "CREATE INDEX signing_procedures_signed ON signing_procedures (organization_id, contract_id) "
    "WHERE state = 'signed'",
    "COMMENT ON COLUMN signing_procedures.organization_id IS "
    "'Which organization signs, of an order''s.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
