"""What the name of a column does not say stands with the table, for whoever reads rows."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = {
    "operations": """
        One outside act, before, during and after it. epoch grows with every taking, so that an
        answer that comes after its lease was lost is recorded but not applied. lease_until is
        when whoever should act is given up on. asked counts questions to the provider about this
        attempt; nothing_since is when it first said that nothing is there. Leases and due times
        are real, not the platform's.
    """,
    "exchanges": "One request to a provider and its answer, masked.",
    "inbox": "One message of a vendor, as it came.",
    "idempotency_keys": "What was answered to a key; status is empty while the first still runs.",
    "webhook_events": "One thing that happened; body is what every receiver gets, byte for byte.",
    "webhook_deliveries": """
        One event on its way to one endpoint. attempts grows with every taking and never again
        shrinks, so it also tells a late answer from the current one; tries counts those since the
        last replay. One is_held while its endpoint is busy with others. Times are real:
        lease_until is when its taker is given up on, wake_at when the sweep looks after it.
    """,
    "webhook_attempts": """
        One POST, written before it is made; without milliseconds nobody knows its end.
    """,
    "envelope_announcements": """
        That "all done" was said for a run of an envelope; its key makes it once.
    """,
    "pre_reservation": """
        What the provider was, or is about to be, asked to hold; written before it is asked.
        expires_at is until when it may be chosen from, hold_until when the provider holds
        nothing of it any more, both counted from before the call.
    """,
    "preview": """
        Three numbers to choose from. Its state is read off these columns; reserving_number_id is
        the number that is being reserved: the claim of the preview.
    """,
    "preview_number": "One number of a preview, by its index.",
    "mobile_lines": """
        The line of a mobile contract, under the contract's id, from the first look at it on.
    """,
    "phone_number": """
        A phone number that is, or was, ours. prior_status is where a reservation under way goes
        back to when nothing comes of it; empty: the number was not known before. epoch grows with
        each reservation. pre_reservation_id is the hold it was reserved from, reservation_id the
        provider's own. provider_release says whether the provider has taken it back.
    """,
}


def upgrade() -> None:
    """Apply."""
    for table, meaning in TABLES.items():
        said = " ".join(meaning.split()).replace("'", "''")
        op.execute(f"COMMENT ON TABLE {table} IS '{said}'")
