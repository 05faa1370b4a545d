"""Where each contract stands in its journey, and since when, is kept in one place.

The database keeps it: whatever moves a contract's journey moves this with it, in one transaction.
Contracts that stand in the same place are a range of an index, however many there are.
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

# The table of a journey, what of its row is a contract's id, its stage, its provider, its product; and when it
# is looked at.
JOURNEYS = (
    (
        "envelope_contracts",
        "{}.id",
        "coalesce({0}.portability_status, {0}.contract_status)",
        "{}.provider",
        "{}.product",
        "portability_status, contract_status, provider",
    ),
    (
        "orders",
        "{}.id",
        "{}.state",
        "(SELECT provider FROM payment_accounts WHERE contract_id = {}.id)",
        "{}.product_id::text",
        "state",
    ),
    ("applications", "{}.contract_id", "{}.state", "'onec'", "{}.kind", "state, contract_id"),
    ("mobile_lines", "{}.id", "{}.state", "'sigan'", "s.product", "state"),
)
STATEMENTS = (
    # Whoever moves a contract while its standing is read waits, until triggers tell of the move.
    "LOCK TABLE envelope_contracts, orders, applications, mobile_lines, contracts "
    "IN SHARE ROW EXCLUSIVE MODE",
    """
    CREATE TABLE contract_standings (
        contract_id uuid PRIMARY KEY
            CONSTRAINT contract_standings_contract REFERENCES contracts (id) ON DELETE CASCADE,
        tenant text NOT NULL,
        backend text NOT NULL,
        stage text NOT NULL,
        provider text NOT NULL DEFAULT '',
        product text NOT NULL DEFAULT '',
        begun_at timestamptz NOT NULL,
        since timestamptz NOT NULL,
        is_followed boolean NOT NULL DEFAULT false,
        place bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(
            backend || '/' || stage || '/' || provider || '/' || product || '/' || tenant, 0)) STORED
    )
    """,
    "COMMENT ON TABLE contract_standings IS 'Where each contract stands: stage is a word of its "
    "journey, and of a contract without one its state. place is the same for all that have tenant, "
    "backend, stage, provider and product alike. Triggers keep it: of contracts, and where "
    "is_followed those of the journey''s own table, whose rows are locked then.'",
    """
    INSERT INTO contract_standings (contract_id, tenant, backend, stage, product, begun_at, since)
    SELECT id, tenant, backend, state, coalesce(product_id::text, ''), created_at,
           coalesce(cancelled_at, activated_at, created_at) FROM contracts
    """,
    *(
        f"""
        UPDATE contract_standings AS s SET is_followed = true, stage = {stage.format("j")},
            provider = coalesce({provider.format("j")}, ''), product = {product.format("j")},
            since = coalesce((SELECT max(at) FROM history AS h WHERE h.subject_id = j.id
                              AND h.to_state = {stage.format("j")}), s.since)
        FROM {table} AS j WHERE s.contract_id = {key.format("j")}
        """  # noqa: S608 - ours
        for table, key, stage, provider, product, _ in JOURNEYS
    ),
    "CREATE INDEX contract_standings_newest ON contract_standings (place, begun_at, contract_id)",
    "CREATE INDEX contract_standings_longest ON contract_standings (place, since, contract_id)",
    """
    CREATE FUNCTION contracts_stand() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO contract_standings
                (contract_id, tenant, backend, stage, product, begun_at, since)
            VALUES (NEW.id, NEW.tenant, NEW.backend, NEW.state, coalesce(NEW.product_id::text, ''),
                    NEW.created_at, NEW.created_at);
        ELSE
            UPDATE contract_standings SET stage = NEW.state, since = tramita_now()
            WHERE contract_id = NEW.id AND NOT is_followed;
        END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER contracts_begin AFTER INSERT ON contracts FOR EACH ROW "
    "EXECUTE FUNCTION contracts_stand()",
    "CREATE TRIGGER contracts_move AFTER UPDATE OF state ON contracts FOR EACH ROW "
    "WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION contracts_stand()",
    *(
        statement
        for table, key, stage, provider, product, columns in JOURNEYS
        for statement in (
            f"""
            CREATE FUNCTION {table}_stand() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE contract_standings AS s SET is_followed = true, stage = {stage.format("NEW")},
                    provider = coalesce({provider.format("NEW")}, ''),
                    product = {product.format("NEW")},
                    since = CASE WHEN s.stage = {stage.format("NEW")} THEN s.since
                                 ELSE tramita_now() END
                WHERE s.contract_id = {key.format("NEW")} AND NOT (s.is_followed
                    AND s.stage = {stage.format("NEW")} AND s.product = {product.format("NEW")}
                    AND s.provider = coalesce({provider.format("NEW")}, ''));
                RETURN NULL;
            END $$
            """,  # noqa: S608 - ours
            f"CREATE TRIGGER {table}_stand AFTER INSERT OR UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stand()",
        )
    ),
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
