"""Tenants, and whose everything is; what there is belongs to the house."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWNED = ("customers", "contracts", "envelopes", "webhook_endpoints", "webhook_events", "operations")

STATEMENTS = (
    """
    CREATE TABLE tenants (
        key text PRIMARY KEY CONSTRAINT tenants_key CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
        title text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "INSERT INTO tenants (key, title, created_at) VALUES ('house', 'The house', tramita_now())",
    "CREATE TABLE carriers (code text PRIMARY KEY, tenant text NOT NULL REFERENCES tenants (key))",
    "INSERT INTO carriers (code, tenant) SELECT DISTINCT carrier, 'house' FROM service_tokens "
    "WHERE carrier IS NOT NULL",
    "ALTER TABLE service_tokens "
    "ADD COLUMN tenant text NOT NULL DEFAULT 'house' REFERENCES tenants (key)",
    # Rows get their owner from a token, whose tenant exists; a foreign key on each would have
    # every insertion lock the one row of its tenant.
    *(
        f"ALTER TABLE {table} ADD COLUMN tenant text NOT NULL DEFAULT 'house', "
        "ADD COLUMN carrier text"
        for table in OWNED
    ),
    *(f"CREATE INDEX {table}_of_tenant ON {table} (tenant, id)" for table in OWNED),
    # What is done for a contract later is done within its maker's bounds. A contract that is
    # there already keeps those of the token it was made with; a house's own keeps all.
    "ALTER TABLE contracts ADD COLUMN all_carriers boolean NOT NULL DEFAULT true, "
    "ADD COLUMN created_by text",
    """
    UPDATE contracts AS c SET
        created_by = made.actor,
        carrier = token.carrier,
        all_carriers = coalesce('numbering:all' = ANY(token.scopes), true)
    FROM contract_events AS made
    LEFT JOIN service_tokens AS token
        ON made.actor = 'token:' || token.name AND token.carrier IS NOT NULL
    WHERE made.contract_id = c.id AND made.event = 'on_contract_create'
    """,
    # One that has another carrier's number already goes on with it.
    """
    UPDATE contracts AS c SET all_carriers = true FROM phone_number AS n
    WHERE n.contract_id = c.id AND n.carrier IS DISTINCT FROM c.carrier
    """,
    """
    UPDATE envelopes AS e SET carrier = c.carrier FROM contracts AS c
    WHERE c.envelope_token = e.token AND c.carrier IS NOT NULL
    """,
    # An endpoint of a caller who sees every tenant hears of every tenant.
    "ALTER TABLE webhook_endpoints ADD COLUMN all_tenants boolean NOT NULL DEFAULT false",
    # Whose a thing is, by its id; none: the house's.
    """
    CREATE FUNCTION tramita_owner(thing uuid) RETURNS TABLE (tenant text, carrier text)
    LANGUAGE sql STABLE ROWS 1 AS $$
        SELECT tenant, carrier FROM contracts WHERE id = thing
        UNION ALL
        SELECT tenant, carrier FROM envelopes WHERE id = thing
        UNION ALL
        SELECT e.tenant, e.carrier FROM envelope_documents AS d
        JOIN envelopes AS e ON e.id = d.envelope_id WHERE d.id = thing
        UNION ALL
        SELECT c.tenant, c.carrier FROM envelope_contracts AS p
        JOIN contracts AS c ON c.id = p.id WHERE p.proposal_key = thing
        UNION ALL
        SELECT c.tenant, c.carrier FROM unwanted_proposals AS u
        JOIN contracts AS c ON c.id = u.contract_id WHERE u.proposal_key = thing
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
    """
    UPDATE operations AS o SET carrier = owner.carrier
    FROM operations AS p CROSS JOIN LATERAL tramita_owner(p.subject_id) AS owner
    WHERE o.id = p.id AND owner.carrier IS NOT NULL
    """,
    """
    UPDATE webhook_events AS v SET carrier = owner.carrier
    FROM webhook_events AS w CROSS JOIN LATERAL tramita_owner(w.subject_id) AS owner
    WHERE v.id = w.id AND owner.carrier IS NOT NULL
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
