"""Whose a proposal is: every row names its provider, and a provider's keys are texts of its own."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEYS = ("proposal_key", "credit_operation_key", "refinancing_key")

STATEMENTS = (
    # What there is, is QI Tech's: until now there was no other.
    "ALTER TABLE envelope_contracts ADD COLUMN provider text",
    "UPDATE envelope_contracts SET provider = 'qitech' WHERE portability_status IS NOT NULL",
    "ALTER TABLE envelope_contracts ADD CONSTRAINT envelope_contracts_provider "
    "CHECK ((provider IS NOT NULL) = (portability_status IS NOT NULL))",
    *(
        f"ALTER TABLE envelope_contracts DROP CONSTRAINT envelope_contracts_{key}_key, "
        f"ALTER COLUMN {key} TYPE text USING {key}::text, "
        f"ADD CONSTRAINT envelope_contracts_{key} UNIQUE (provider, {key})"
        for key in KEYS
    ),
    "ALTER TABLE envelopes ALTER COLUMN group_key TYPE text USING group_key::text",
    # Each provider gets a picture of its own, because it knows it by a key of its own.
    "ALTER TABLE envelope_documents ADD COLUMN provider text NOT NULL DEFAULT 'qitech'",
    "ALTER TABLE envelope_documents ALTER COLUMN provider DROP DEFAULT",
    "DROP INDEX envelope_documents_present",
    "CREATE UNIQUE INDEX envelope_documents_present "
    "ON envelope_documents (envelope_id, kind, provider) WHERE replaced_at IS NULL",
    # An unwanted proposal is the subject of its cancellation; its key was its id until now.
    """
    ALTER TABLE unwanted_proposals
        ADD COLUMN id uuid,
        ADD COLUMN provider text NOT NULL DEFAULT 'qitech'
    """,
    "UPDATE unwanted_proposals SET id = proposal_key",
    """
    ALTER TABLE unwanted_proposals
        DROP CONSTRAINT unwanted_proposals_pkey,
        ADD PRIMARY KEY (id),
        ALTER COLUMN provider DROP DEFAULT,
        ALTER COLUMN proposal_key TYPE text USING proposal_key::text,
        ADD CONSTRAINT unwanted_proposals_once UNIQUE (provider, proposal_key)
    """,
    "UPDATE operations SET key = 'cancel_proposal:qitech:' || subject_id "
    "WHERE kind = 'portability.cancel_proposal'",
    "ALTER TABLE proposal_events ADD COLUMN provider text NOT NULL DEFAULT 'qitech', "
    "ALTER COLUMN proposal_key TYPE text USING proposal_key::text",
    "ALTER TABLE proposal_events ALTER COLUMN provider DROP DEFAULT",
    "DROP INDEX proposal_events_key",
    "CREATE INDEX proposal_events_key ON proposal_events (provider, proposal_key)",
    # Whose a thing is, by its id; none: the house's.
    """
    CREATE OR REPLACE FUNCTION tramita_owner(thing uuid)
    RETURNS TABLE (tenant text, carrier text)
    LANGUAGE sql STABLE ROWS 1 AS $$
        SELECT tenant, carrier FROM contracts WHERE id = thing
        UNION ALL
        SELECT tenant, carrier FROM envelopes WHERE id = thing
        UNION ALL
        SELECT e.tenant, e.carrier FROM envelope_documents AS d
        JOIN envelopes AS e ON e.id = d.envelope_id WHERE d.id = thing
        UNION ALL
        SELECT c.tenant, c.carrier FROM unwanted_proposals AS u
        JOIN contracts AS c ON c.id = u.contract_id WHERE u.id = thing
        UNION ALL
        SELECT coalesce(c.tenant, k.tenant, 'house'), n.carrier FROM phone_number AS n
        LEFT JOIN contracts AS c ON c.id = n.contract_id
        LEFT JOIN carriers AS k ON k.code = n.carrier WHERE n.id = thing
        UNION ALL
        SELECT coalesce(k.tenant, 'house'), w.carrier FROM pre_reservation AS w
        LEFT JOIN carriers AS k ON k.code = w.carrier WHERE w.id = thing
        UNION ALL
        SELECT tenant, carrier FROM operations WHERE id = thing
        LIMIT 1
    $$
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
