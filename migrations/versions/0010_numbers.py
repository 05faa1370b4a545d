"""Phone numbers: what was asked of the provider, previews, and the numbers themselves."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    # What was asked of the provider, written before it is asked: a preview's three numbers,
    # or the one of a random reservation. hold_until is when nothing of it can be held any more.
    """
    CREATE TABLE pre_reservation (
        id uuid PRIMARY KEY,
        purpose text NOT NULL CONSTRAINT pre_reservation_purpose
            CHECK (purpose IN ('preview', 'random')),
        carrier text,
        ddd text NOT NULL,
        brand_id text NOT NULL,
        quantity integer NOT NULL,
        previous_id uuid,
        external_id text UNIQUE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        hold_until timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE preview (
        id uuid PRIMARY KEY REFERENCES pre_reservation (id),
        external_id text NOT NULL UNIQUE,
        carrier text,
        ddd text NOT NULL,
        brand_id text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        superseded_by uuid REFERENCES pre_reservation (id),
        released_at timestamptz,
        reserving_number_id uuid,
        reserved_msisdn text
    )
    """,
    "CREATE INDEX preview_expires ON preview (expires_at)",
    """
    CREATE TABLE preview_number (
        preview_id uuid NOT NULL REFERENCES preview (id),
        idx integer NOT NULL CONSTRAINT preview_number_idx CHECK (idx BETWEEN 0 AND 2),
        msisdn text NOT NULL,
        PRIMARY KEY (preview_id, idx),
        UNIQUE (preview_id, msisdn)
    )
    """,
    "CREATE INDEX preview_number_msisdn ON preview_number (msisdn)",
    # prior_status is what a reservation under way goes back to when nothing came of it;
    # empty: the number was not known before, and will not be known then.
    """
    CREATE TABLE phone_number (
        id uuid PRIMARY KEY,
        msisdn text NOT NULL UNIQUE CONSTRAINT phone_number_msisdn
            CHECK (msisdn ~ '^55[1-9][1-9]9[0-9]{8}$'),
        ddd text NOT NULL GENERATED ALWAYS AS (substr(msisdn, 3, 2)) STORED,
        origin text NOT NULL CONSTRAINT phone_number_origin CHECK (origin IN ('VIVO', 'PORT_IN')),
        status text NOT NULL CONSTRAINT phone_number_status CHECK (status IN (
            'RESERVING', 'RESERVED', 'ASSIGNED', 'IN_USE', 'SUSPENDED', 'PORTED_OUT',
            'QUARANTINE', 'RETURNED', 'UNAVAILABLE')),
        prior_status text,
        epoch integer NOT NULL DEFAULT 1,
        carrier text,
        pre_reservation_id uuid REFERENCES pre_reservation (id),
        reservation_id text,
        provider_release text NOT NULL DEFAULT 'NOT_NEEDED' CONSTRAINT phone_number_provider_release
            CHECK (provider_release IN ('NOT_NEEDED', 'PENDING', 'DONE', 'FAILED')),
        contract_id uuid REFERENCES contracts (id),
        assigned_sim_id text,
        reserved_until timestamptz,
        quarantine_until timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT phone_number_returned_has_no_sim
            CHECK (status <> 'RETURNED' OR assigned_sim_id IS NULL)
    )
    """,
    "CREATE INDEX phone_number_abandoned ON phone_number (reserved_until) "
    "WHERE status = 'RESERVED'",
    "CREATE INDEX phone_number_quarantined ON phone_number (quarantine_until) "
    "WHERE status = 'QUARANTINE'",
    "CREATE UNIQUE INDEX phone_number_sim ON phone_number (assigned_sim_id) "
    "WHERE assigned_sim_id IS NOT NULL",
    "CREATE INDEX phone_number_not_taken_back ON phone_number (id) "
    "WHERE provider_release = 'FAILED'",
    "CREATE INDEX phone_number_contract ON phone_number (contract_id) "
    "WHERE contract_id IS NOT NULL",
    "CREATE INDEX phone_number_stock ON phone_number (status, ddd, id)",
    "CREATE INDEX phone_number_by_status ON phone_number (status, id)",
    "CREATE INDEX phone_number_by_carrier ON phone_number (carrier, id) WHERE carrier IS NOT NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
