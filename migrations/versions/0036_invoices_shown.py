"""What an invoice shows is kept with it: its seller, what was sold, its reference and its file."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

STATEMENTS = (
    # As it is on a day; another one is a row more, and the old ones stay with their invoices.
    """
    CREATE TABLE sellers (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        organization text NOT NULL,
        data jsonb NOT NULL,
        since timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE sellers IS 'Who an organisation is on its invoices: the newest row counts "
    "for those that are written from now on.'",
    "CREATE INDEX sellers_of_organization ON sellers (tenant, organization, id)",
    """
    INSERT INTO sellers (id, tenant, organization, data, since)
    SELECT id, tenant, code, jsonb_strip_nulls(jsonb_build_object('name', title, 'country', country)),
           tramita_now()
    FROM organizations
    """,
    "ALTER TABLE payment_accounts ADD COLUMN sale jsonb NOT NULL DEFAULT '{}'",
    """
    UPDATE payment_accounts AS a SET sale = jsonb_strip_nulls(jsonb_build_object(
        'title', p.title, 'starts_on', o.starts_on, 'ends_on', o.ends_on, 'language', k.locale))
    FROM orders AS o JOIN course_products AS p ON p.id = o.product_id
    JOIN customers AS k ON k.id = o.owner_id
    WHERE o.id = a.contract_id
    """,
    # Whatever the API takes for a price.
    "ALTER TABLE course_products ALTER COLUMN price TYPE numeric(17, 2)",
    "ALTER TABLE orders ALTER COLUMN total TYPE numeric(17, 2)",
    "ALTER TABLE course_products ADD COLUMN vat_rate numeric(5, 2) "
    "CONSTRAINT course_products_vat_rate CHECK (vat_rate BETWEEN 0 AND 100)",
    "ALTER TABLE invoices ADD COLUMN reference text, ADD COLUMN seller_id uuid REFERENCES sellers, "
    "ADD COLUMN file text",
    "UPDATE invoices AS i SET seller_id = s.id FROM sellers AS s "
    "WHERE (s.tenant, s.organization) = (i.tenant, i.organization)",
    # A year's numbers go on as they began, but where two organisations began alike.
    "ALTER TABLE invoice_counters ADD COLUMN prefix text",
    """
    UPDATE invoice_counters AS c SET prefix = CASE WHEN EXISTS (
            SELECT FROM invoice_counters AS o WHERE (o.tenant, o.year) = (c.tenant, c.year)
            AND o.organization <> c.organization
            AND upper(left(o.organization, 12)) = upper(left(c.organization, 12)))
        THEN c.organization ELSE upper(left(c.organization, 12)) END
    """,
    "ALTER TABLE invoice_counters ALTER COLUMN prefix SET NOT NULL",
    """
    UPDATE invoices AS i SET reference = concat_ws('-', c.prefix, i.year,
        lpad(i.number::text, greatest(6, length(i.number::text)), '0'))
    FROM invoice_counters AS c
    WHERE (c.tenant, c.organization, c.year) = (i.tenant, i.organization, i.year)
    """,
    "ALTER TABLE invoices ALTER COLUMN reference SET NOT NULL",
    "CREATE INDEX invoices_of_file ON invoices (file) WHERE file IS NOT NULL",
    "CREATE TRIGGER invoices_unnames_file AFTER UPDATE OF file ON invoices FOR EACH ROW "
    "WHEN (OLD.file IS NOT NULL AND OLD.file IS DISTINCT FROM NEW.file) "
    "EXECUTE FUNCTION drop_file('file')",
    """
    CREATE FUNCTION tramita_names_file(wanted text) RETURNS boolean
    LANGUAGE sql STABLE AS $$
        SELECT EXISTS (SELECT FROM documents WHERE file = wanted)
            OR EXISTS (SELECT FROM signing_procedures WHERE signed_file = wanted)
            OR EXISTS (SELECT FROM invoices WHERE file = wanted)
    $$
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
