"""No two invoices of a tenant bear one reference; what a canceled order never paid is credited.

A credit note bears the day on which it is written, which is today.
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE invoices ADD CONSTRAINT invoices_reference UNIQUE (tenant, reference)",
    """
    CREATE TEMPORARY TABLE uncredited ON COMMIT DROP AS
    SELECT c.*, row_number() OVER (PARTITION BY tenant, organization, year ORDER BY main_id) AS place
    FROM (
        SELECT m.contract_id, m.id AS main_id, m.tenant, m.organization, m.currency,
               extract(year FROM tramita_now()
                       AT TIME ZONE coalesce(a.sale ->> 'time_zone', 'Europe/Paris'))::int AS year,
               (SELECT s.id FROM sellers AS s WHERE (s.tenant, s.organization)
                = (m.tenant, m.organization) ORDER BY s.id DESC LIMIT 1) AS seller_id,
               m.total
               + coalesce((SELECT sum(i.total) FROM invoices AS i
                           WHERE i.contract_id = m.contract_id AND i.kind = 'credit_note'), 0)
               - coalesce((SELECT sum(CASE t.kind WHEN 'payment' THEN t.amount ELSE -t.amount END)
                           FROM payment_transactions AS t WHERE t.contract_id = m.contract_id
                             AND t.kind IN ('payment', 'refund')), 0) AS rest
        FROM invoices AS m JOIN payment_accounts AS a USING (contract_id)
        JOIN orders AS o ON o.id = m.contract_id
        WHERE m.kind = 'main' AND o.state IN ('canceled', 'refunding', 'refunded')
    ) AS c WHERE rest > 0
    """,
    """
    INSERT INTO invoice_counters AS c (tenant, organization, year, last, prefix)
    SELECT tenant, organization, year, count(*), organization FROM uncredited GROUP BY 1, 2, 3
    ON CONFLICT (tenant, organization, year) DO UPDATE SET last = c.last + excluded.last
    """,
    # Ids of time, as the application makes them: lists are in their order.
    """
    INSERT INTO invoices (id, contract_id, tenant, organization, year, number, reference, kind,
                          parent_id, seller_id, total, currency, issued_at)
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
               52, 1), 53, 1), 'hex')::uuid,
           contract_id, tenant, organization, year, number,
           concat_ws('-', prefix, year, lpad(number::text, greatest(6, length(number::text)), '0')),
           'credit_note', main_id, seller_id, -rest, currency, tramita_now()
    FROM (
        SELECT u.*, c.prefix,
               c.last + u.place - count(*) OVER (PARTITION BY tenant, organization, year) AS number
        FROM uncredited AS u JOIN invoice_counters AS c USING (tenant, organization, year)
    ) AS n
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
