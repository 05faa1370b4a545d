"""The indexes by which the console's search finds things.

They stand apart from what the search needs besides, and nobody waits while they are made.
"""

from tramita.kit.database.indexes import make_indexes

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

# Tables, and the hashes by which their rows are found, the newest of them first.
HASHES = {
    "customers": ("name_hash", "email_hash", "phone_hash"),
    "envelopes": ("name_hash", "email_hash", "phone_hash"),
    "applications": ("payer_name_hash",),
    "chats": ("title_hash",),
}
# What other systems call a thing, of which one row or a few have the same.
CALLED = {
    "envelope_contracts": (
        "proposal_key",
        "proposal_number",
        "credit_operation_key",
        "refinancing_key",
        "portability_number",
    ),
    "unwanted_proposals": ("proposal_key",),
    "payment_transactions": ("reference",),
    "invoices": ("reference",),
    "signing_procedures": ("provider_reference",),
    "learners": ("username_hash",),
    "applications": ("onec_number", "onec_ref"),
    "operations": ("reference",),
    "audit": ("request_id",),
}
INDEXES = {
    **{
        f"{table}_by_{column}": f"{table} ({column}, id) WHERE {column} IS NOT NULL"
        for table, columns in HASHES.items()
        for column in columns
    },
    **{
        f"{table}_by_{column}": f"{table} ({column}) WHERE {column} IS NOT NULL"
        for table, columns in CALLED.items()
        for column in columns
    },
    "contracts_by_beginning": "contracts (lower(name) text_pattern_ops)",
}


def upgrade() -> None:
    """Apply."""
    make_indexes(INDEXES)
