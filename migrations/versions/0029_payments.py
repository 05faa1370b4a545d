"""Payments: who pays, with which cards, in which instalments, and what came of it."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATEMENTS = (
    # owner is the name under which whoever sends learners to us knows one.
    """
    CREATE TABLE payers (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        owner text NOT NULL,
        email text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT payers_owner UNIQUE (tenant, owner)
    )
    """,
    # token is the card's name at its provider; none once it is deleted there. issuer_reference is
    # the bank's name of its owner's consent, without which nothing is debited.
    """
    CREATE TABLE credit_cards (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        provider text NOT NULL,
        token text,
        issuer_reference text,
        title text,
        brand text NOT NULL,
        expiration_month integer NOT NULL CONSTRAINT credit_cards_month
            CHECK (expiration_month BETWEEN 1 AND 12),
        expiration_year integer NOT NULL,
        last_numbers text NOT NULL,
        state text NOT NULL CONSTRAINT credit_cards_state
            CHECK (state IN ('active', 'deleting', 'deleted')),
        created_at timestamptz NOT NULL,
        CONSTRAINT credit_cards_token UNIQUE (provider, token)
    )
    """,
    """
    CREATE TABLE card_owners (
        card_id uuid NOT NULL REFERENCES credit_cards ON DELETE CASCADE,
        payer_id uuid NOT NULL REFERENCES payers,
        is_main boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (card_id, payer_id)
    )
    """,
    "CREATE INDEX card_owners_payer ON card_owners (payer_id)",
    "CREATE UNIQUE INDEX card_owners_main ON card_owners (payer_id) WHERE is_main",
    # organization is whose invoices they are; address is what stands on them.
    """
    CREATE TABLE payment_accounts (
        contract_id uuid PRIMARY KEY REFERENCES contracts,
        payer_id uuid NOT NULL REFERENCES payers,
        provider text NOT NULL,
        organization text NOT NULL,
        total numeric(17, 2) NOT NULL CONSTRAINT payment_accounts_total CHECK (total >= 0),
        currency text NOT NULL,
        address jsonb NOT NULL DEFAULT '{}',
        card_id uuid REFERENCES credit_cards,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX payment_accounts_payer ON payment_accounts (payer_id)",
    "CREATE INDEX payment_accounts_card ON payment_accounts (card_id)",
    # debits counts those that were begun, the last one on debited_on; refused_at is the first no of
    # a bank. Until form_until its owner may be paying it by hand.
    """
    CREATE TABLE installments (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES payment_accounts,
        position integer NOT NULL,
        due_date date NOT NULL,
        amount numeric(17, 2) NOT NULL CONSTRAINT installments_amount CHECK (amount > 0),
        currency text NOT NULL,
        state text NOT NULL CONSTRAINT installments_state
            CHECK (state IN ('pending', 'paid', 'refused', 'error', 'canceled', 'refunded')),
        debits integer NOT NULL DEFAULT 0,
        debited_on date,
        refused_at timestamptz,
        refusal text,
        form_until timestamptz,
        CONSTRAINT installments_position UNIQUE (contract_id, position)
    )
    """,
    "CREATE INDEX installments_to_pay ON installments (due_date, id) "
    "WHERE state IN ('pending', 'refused', 'error')",
    # A refund has the payment that it gives back as its parent. What a bank refused is here too,
    # so that it is known when it is told again.
    """
    CREATE TABLE payment_transactions (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES payment_accounts,
        installment_id uuid NOT NULL REFERENCES installments,
        provider text NOT NULL,
        reference text NOT NULL,
        kind text NOT NULL CONSTRAINT payment_transactions_kind
            CHECK (kind IN ('payment', 'refusal', 'refund')),
        parent_id uuid CONSTRAINT payment_transactions_parent UNIQUE
            REFERENCES payment_transactions,
        amount numeric(17, 2) NOT NULL,
        currency text NOT NULL,
        last_numbers text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL,
        CONSTRAINT payment_transactions_reference UNIQUE (provider, reference),
        CONSTRAINT payment_transactions_refund CHECK ((kind = 'refund') = (parent_id IS NOT NULL))
    )
    """,
    "CREATE INDEX payment_transactions_contract ON payment_transactions (contract_id)",
    "CREATE INDEX payment_transactions_installment ON payment_transactions (installment_id)",
    # One organisation's numbers of a year have no gap: they are drawn with the invoice.
    """
    CREATE TABLE invoice_counters (
        tenant text NOT NULL,
        organization text NOT NULL,
        year integer NOT NULL,
        last integer NOT NULL,
        PRIMARY KEY (tenant, organization, year)
    )
    """,
    """
    CREATE TABLE invoices (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES payment_accounts,
        tenant text NOT NULL,
        organization text NOT NULL,
        year integer NOT NULL,
        number integer NOT NULL,
        kind text NOT NULL CONSTRAINT invoices_kind
            CHECK (kind IN ('main', 'payment', 'credit_note')),
        parent_id uuid REFERENCES invoices,
        transaction_id uuid CONSTRAINT invoices_transaction UNIQUE REFERENCES payment_transactions,
        total numeric(17, 2) NOT NULL,
        currency text NOT NULL,
        issued_at timestamptz NOT NULL,
        CONSTRAINT invoices_number UNIQUE (tenant, organization, year, number),
        CONSTRAINT invoices_main CHECK ((kind = 'main') = (parent_id IS NULL))
    )
    """,
    "CREATE INDEX invoices_contract ON invoices (contract_id)",
    "CREATE UNIQUE INDEX invoices_main_of ON invoices (contract_id) WHERE kind = 'main'",
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
        SELECT c.tenant, c.carrier FROM installments AS i
        JOIN contracts AS c ON c.id = i.contract_id WHERE i.id = thing
        UNION ALL
        SELECT c.tenant, c.carrier FROM payment_transactions AS t
        JOIN contracts AS c ON c.id = t.contract_id WHERE t.id = thing
        UNION ALL
        SELECT tenant, NULL FROM credit_cards WHERE id = thing
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
