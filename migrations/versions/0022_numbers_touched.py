"""The table itself notes when a number was last changed; no statement can forget it."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Processes of the release before write the same moment themselves."""
    op.execute(
        """
        CREATE FUNCTION tramita_touch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.updated_at := tramita_now();
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER phone_number_touched BEFORE UPDATE ON phone_number "
        "FOR EACH ROW EXECUTE FUNCTION tramita_touch()"
    )
