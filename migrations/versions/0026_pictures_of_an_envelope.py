"""An envelope's pictures are found by it, replaced ones too."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE INDEX envelope_documents_of_envelope ON envelope_documents (envelope_id)")
