"""Reconciling what is unknown, and the life of a proposal after its first answer."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    # What asking the provider needs: who asks, how often it was asked, since when nobody
    # knows, since when the provider says that there is nothing. In real time, like leases.
    """
    ALTER TABLE operations
        ADD COLUMN ask_job text,
        ADD COLUMN asked integer NOT NULL DEFAULT 0,
        ADD COLUMN unknown_since timestamptz,
        ADD COLUMN nothing_since timestamptz,
        ADD COLUMN parked_at timestamptz
    """,
    "DROP INDEX operations_leased",
    "CREATE INDEX operations_leased ON operations (lease_until) "
    "WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN')",
    """
    ALTER TABLE envelopes
        DROP CONSTRAINT envelopes_state,
        ADD CONSTRAINT envelopes_state
            CHECK (state IN ('draft', 'formalizing', 'cancelled', 'expired', 'concluded')),
        ADD COLUMN version integer NOT NULL DEFAULT 1,
        ADD COLUMN reminders integer NOT NULL DEFAULT 0,
        ADD COLUMN remind_at timestamptz,
        ADD COLUMN warned_at timestamptz,
        ADD COLUMN group_key uuid,
        ADD COLUMN group_url text
    """,
    "CREATE INDEX envelopes_open_until ON envelopes (expires_at) "
    "WHERE state IN ('draft', 'formalizing')",
    "CREATE INDEX envelopes_to_remind ON envelopes (remind_at) WHERE remind_at IS NOT NULL",
    """
    ALTER TABLE envelope_contracts
        ADD COLUMN stage text,
        ADD COLUMN stage_said text,
        ADD COLUMN stage_at timestamptz,
        ADD COLUMN poll_at timestamptz,
        ADD COLUMN portability_number text,
        ADD COLUMN final_balance numeric(14, 2),
        ADD COLUMN balance_due_on date,
        ADD COLUMN consent_status text,
        ADD COLUMN consent_expires_on date,
        ADD COLUMN refinancing_key uuid UNIQUE,
        ADD COLUMN refinancing_status text,
        ADD COLUMN margin_registered_at timestamptz,
        ADD COLUMN margin_errors jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN signer_progress text,
        ADD COLUMN conflict text
    """,
    "CREATE INDEX envelope_contracts_to_poll ON envelope_contracts (poll_at) "
    "WHERE poll_at IS NOT NULL",
    # Proposals that must not live at the provider; the operation that cancels one has
    # the proposal as its subject, so a contract may have several.
    """
    CREATE TABLE unwanted_proposals (
        proposal_key uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES envelope_contracts (id),
        reason text NOT NULL,
        wanted_gone_at timestamptz NOT NULL,
        operation_id uuid NOT NULL
    )
    """,
    "CREATE INDEX unwanted_proposals_contract ON unwanted_proposals (contract_id)",
    # Everything the provider said about a proposal, whatever became of it.
    """
    CREATE TABLE proposal_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        proposal_key uuid NOT NULL,
        contract_id uuid REFERENCES envelope_contracts (id),
        source text NOT NULL CONSTRAINT proposal_events_source
            CHECK (source IN ('webhook', 'poll')),
        said text NOT NULL,
        stage text,
        happened_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        effect text NOT NULL CONSTRAINT proposal_events_effect
            CHECK (effect IN ('applied', 'known', 'late', 'conflict', 'unrecognized', 'unmatched')),
        details jsonb NOT NULL
    )
    """,
    "CREATE INDEX proposal_events_contract ON proposal_events (contract_id, id)",
    "CREATE INDEX proposal_events_key ON proposal_events (proposal_key)",
    # Identity pictures, kept until the provider has them and for as long as the envelope lives.
    """
    CREATE TABLE envelope_documents (
        id uuid PRIMARY KEY,
        envelope_id uuid NOT NULL REFERENCES envelopes (id),
        kind text NOT NULL CONSTRAINT envelope_documents_kind CHECK (kind IN (
            'document_identification', 'document_identification_back', 'selfie')),
        media_type text NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        size integer NOT NULL,
        sha256 text NOT NULL,
        content bytea NOT NULL,
        created_at timestamptz NOT NULL,
        upload_id uuid NOT NULL,
        provider_key text,
        replaced_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX envelope_documents_present ON envelope_documents (envelope_id, kind) "
    "WHERE replaced_at IS NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
