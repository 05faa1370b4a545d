"""A message of an outside system says what it was about, once it was applied.

What came before this says it of nothing: only its body, which is encrypted, could tell.
"""

from tramita.kit.database.tables import change_tables

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE inbox ADD COLUMN IF NOT EXISTS subject_id uuid",
    "COMMENT ON COLUMN inbox.subject_id IS "
    "'What it was about, as its timeline asks for it; empty: nothing of ours, or not applied yet.'",
)


def upgrade() -> None:
    """Apply."""
    change_tables(STATEMENTS)
