"""Cards whose time runs out are told of once, and forms whose time is over are found."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE payment_accounts ADD COLUMN card_told text")
    op.execute(
        "COMMENT ON COLUMN payment_accounts.card_told IS 'Of which card, and of which end of it, "
        "subscribers were told that it will be over too soon.'"
    )
    op.execute(
        "CREATE INDEX installments_of_forms ON installments (form_until) "
        "WHERE form_until IS NOT NULL"
    )
