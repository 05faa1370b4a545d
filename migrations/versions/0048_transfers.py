"""Applications for payments abroad: agents, applications, offers, documents, and whose policies."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

FINAL = "('completed', 'cancelled', 'rejected')"
SHOWN = "state NOT IN ('draft', 'submitted') AND in_house_at IS NOT NULL"

STATEMENTS = (
    "ALTER TABLE tenants ADD COLUMN is_master boolean NOT NULL DEFAULT false",
    """
    ALTER TABLE tenants ADD COLUMN application_visibility text NOT NULL DEFAULT 'all_agents'
    CONSTRAINT tenants_visibility CHECK (application_visibility IN ('all_agents', 'own_tenant'))
    """,
    """
    ALTER TABLE tenants ADD COLUMN client_edit_until text NOT NULL DEFAULT 'new_in_house'
    CONSTRAINT tenants_editing CHECK (client_edit_until IN ('submitted', 'new_in_house', 'accepted'))
    """,
    "CREATE UNIQUE INDEX tenants_one_master ON tenants (is_master) WHERE is_master",
    """
    CREATE TABLE agents (
        id uuid PRIMARY KEY,
        tenant text NOT NULL REFERENCES tenants (key),
        name text NOT NULL,
        telegram_id bigint CONSTRAINT agents_telegram UNIQUE,
        role text NOT NULL CONSTRAINT agents_role CHECK (role IN ('agent', 'manager')),
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX agents_of_tenant ON agents (tenant, id)",
    # Its chat, its origin and its tenant's mastership say what kind it is of, once and for all.
    """
    CREATE TABLE applications (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        carrier text,
        agent_id uuid REFERENCES agents (id),
        chat_id uuid,
        origin text NOT NULL
            CONSTRAINT applications_origin CHECK (origin IN ('ui', 'api', 'webapp')),
        kind text NOT NULL
            CONSTRAINT applications_kind CHECK (kind IN ('ordinary', 'special', 'telegram')),
        state text NOT NULL CONSTRAINT applications_state CHECK (state IN (
            'draft', 'submitted', 'new_in_house', 'offer_accepted', 'in_work', 'completed',
            'cancelled', 'rejected')),
        payment_state text NOT NULL CONSTRAINT applications_payment CHECK (payment_state IN (
            'none', 'test_sent', 'test_ok', 'client_sent', 'funds_received', 'paid_out',
            'confirmed', 'returned', 'problem')),
        version integer NOT NULL,
        revision integer NOT NULL,
        fields jsonb NOT NULL,
        amount numeric(19, 3),
        currency text,
        deadline date,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        in_house_at timestamptz,
        read_only_at timestamptz,
        in_work_at timestamptz,
        finished_at timestamptz,
        payment_moved_at timestamptz,
        reason text,
        contract_id uuid REFERENCES contracts (id),
        onec_ref text,
        onec_number text,
        onec_date timestamptz,
        onec_link text,
        onec_status text,
        onec_revision integer,
        payer_hash bytea,
        erased_at timestamptz,
        CONSTRAINT applications_of_chats CHECK (
            (kind = 'telegram') = (chat_id IS NOT NULL) AND (chat_id IS NULL OR agent_id IS NOT NULL)),
        CONSTRAINT applications_deadline CHECK (kind = 'ordinary' OR deadline IS NULL),
        CONSTRAINT applications_contract CHECK (contract_id = id),
        CONSTRAINT applications_accepted CHECK (
            state NOT IN ('offer_accepted', 'in_work', 'completed')
            OR (contract_id IS NOT NULL AND read_only_at IS NOT NULL AND agent_id IS NOT NULL))
    )
    """,
    "CREATE UNIQUE INDEX applications_active_of_chat ON applications (chat_id) "
    f"WHERE state NOT IN {FINAL}",
    "CREATE INDEX applications_of_chat ON applications (chat_id, id)",
    "CREATE INDEX applications_of_tenant ON applications (tenant, id)",
    "CREATE INDEX applications_by_state ON applications (state, id)",
    "CREATE INDEX applications_of_tenant_by_state ON applications (tenant, state, id)",
    "CREATE INDEX applications_of_agent ON applications (agent_id, id)",
    "CREATE INDEX applications_of_agent_by_state ON applications (agent_id, state, id)",
    # What agents of every tenant see: all of it, and without what is special.
    f"CREATE INDEX applications_shown ON applications (id) WHERE {SHOWN}",
    "CREATE INDEX applications_shown_ordinary ON applications (id) "
    f"WHERE {SHOWN} AND kind = 'ordinary'",
    "CREATE INDEX applications_due ON applications (deadline) "
    f"WHERE deadline IS NOT NULL AND state NOT IN {FINAL}",
    "CREATE INDEX applications_of_payer ON applications (payer_hash) WHERE payer_hash IS NOT NULL",
    """
    CREATE TABLE application_revisions (
        application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
        revision integer NOT NULL,
        fields jsonb NOT NULL,
        changed text[] NOT NULL,
        actor text NOT NULL,
        source text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (application_id, revision)
    )
    """,
    """
    CREATE TABLE offers (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
        agent_id uuid NOT NULL REFERENCES agents (id),
        revision integer NOT NULL,
        state text NOT NULL CONSTRAINT offers_state CHECK (state IN (
            'draft', 'submitted', 'accepted', 'auto_accepted', 'declined', 'superseded',
            'withdrawn', 'expired')),
        rate numeric(18, 8),
        commission_percent numeric(9, 4),
        commission_fixed numeric(18, 2),
        payer_amount numeric(19, 3) NOT NULL,
        payer_currency text NOT NULL,
        payout_amount numeric(19, 3) NOT NULL,
        payout_currency text NOT NULL,
        account_details jsonb NOT NULL,
        conditions text NOT NULL,
        valid_until timestamptz,
        operator text,
        message_no bigint,
        supersedes uuid REFERENCES offers (id),
        why_not text,
        created_at timestamptz NOT NULL,
        decided_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX offers_one_accepted ON offers (application_id) "
    "WHERE state IN ('accepted', 'auto_accepted')",
    "CREATE INDEX offers_of_application ON offers (application_id, id)",
    "CREATE INDEX offers_of_agent ON offers (agent_id, id)",
    "CREATE INDEX offers_running_out ON offers (valid_until) "
    "WHERE valid_until IS NOT NULL AND state = 'submitted'",
    # file names a kept file, sha256 tells two contents of one application apart.
    """
    CREATE TABLE application_documents (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
        kind text NOT NULL,
        number text,
        date date,
        name text NOT NULL,
        file text,
        sha256 bytea NOT NULL,
        size bigint NOT NULL,
        media_type text NOT NULL,
        origin text NOT NULL
            CONSTRAINT application_documents_origin CHECK (origin IN ('onec', 'person')),
        source_message bigint,
        message_no bigint,
        is_for_client boolean NOT NULL,
        actor text NOT NULL,
        send_id uuid,
        created_at timestamptz NOT NULL
    )
    """,
    # Of what is erased there is no content by which to tell two apart.
    "CREATE UNIQUE INDEX application_documents_once "
    "ON application_documents (application_id, origin, kind, sha256) WHERE file IS NOT NULL",
    "CREATE INDEX application_documents_of ON application_documents (application_id, id)",
    "CREATE INDEX application_documents_of_file ON application_documents (file) "
    "WHERE file IS NOT NULL",
    "CREATE TRIGGER application_documents_unnames_file AFTER UPDATE OF file "
    "ON application_documents FOR EACH ROW "
    "WHEN (OLD.file IS NOT NULL AND OLD.file IS DISTINCT FROM NEW.file) "
    "EXECUTE FUNCTION drop_file('file')",
    "CREATE TRIGGER application_documents_loses_file AFTER DELETE ON application_documents "
    "FOR EACH ROW WHEN (OLD.file IS NOT NULL) EXECUTE FUNCTION drop_file('file')",
    """
    CREATE TABLE document_jobs (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
        kind text NOT NULL,
        params jsonb NOT NULL,
        note text,
        state text NOT NULL CONSTRAINT document_jobs_state CHECK (state IN (
            'requested', 'queued', 'generating', 'ready', 'stored', 'posted_to_chat', 'failed',
            'cancelled')),
        actor text NOT NULL,
        document_id uuid REFERENCES application_documents (id) ON DELETE SET NULL,
        reason text,
        created_at timestamptz NOT NULL,
        ended_at timestamptz
    )
    """,
    "CREATE INDEX document_jobs_of ON document_jobs (application_id, id)",
    "CREATE UNIQUE INDEX document_jobs_open ON document_jobs (application_id, kind) "
    "WHERE state IN ('requested', 'queued', 'generating', 'ready')",
    """
    CREATE TABLE application_notes (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
        text text NOT NULL,
        actor text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX application_notes_of ON application_notes (application_id, id)",
    "COMMENT ON TABLE agents IS 'Whoever may work on applications for a tenant: the whitelist.'",
    "COMMENT ON TABLE applications IS 'Payments abroad that are asked for; one whose offer is "
    "accepted has a contract of the same id.'",
    "COMMENT ON TABLE application_revisions IS 'What stood in an application, each time it was "
    "changed.'",
    "COMMENT ON TABLE offers IS 'On what conditions an agent makes a payment; at most one of an "
    "application is accepted.'",
    "COMMENT ON TABLE application_documents IS 'Files of an application, from people and from 1C.'",
    "COMMENT ON TABLE document_jobs IS 'Documents that somebody asked 1C to make.'",
    "COMMENT ON TABLE application_notes IS 'What agents note down for one another.'",
    # Whose a thing is, by its id; none: the house's.
    """
    CREATE OR REPLACE FUNCTION tramita_owner(thing uuid)
    RETURNS TABLE (tenant text, carrier text)
    LANGUAGE sql STABLE ROWS 1 AS $$
        SELECT tenant, carrier FROM contracts WHERE id = thing
        UNION ALL
        SELECT tenant, carrier FROM envelopes WHERE id = thing
        UNION ALL
        SELECT tenant, carrier FROM applications WHERE id = thing
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
        SELECT c.tenant, c.carrier FROM installments AS i
        JOIN contracts AS c ON c.id = i.contract_id WHERE i.id = thing
        UNION ALL
        SELECT c.tenant, c.carrier FROM payment_transactions AS t
        JOIN contracts AS c ON c.id = t.contract_id WHERE t.id = thing
        UNION ALL
        SELECT tenant, NULL FROM credit_cards WHERE id = thing
        UNION ALL
        SELECT a.tenant, a.carrier FROM offers AS o
        JOIN applications AS a ON a.id = o.application_id WHERE o.id = thing
        UNION ALL
        SELECT a.tenant, a.carrier FROM document_jobs AS j
        JOIN applications AS a ON a.id = j.application_id WHERE j.id = thing
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
