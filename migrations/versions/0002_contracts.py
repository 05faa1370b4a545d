"""The core: customers, the catalog, contracts, and what their signals caused."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE customers (
        id uuid PRIMARY KEY,
        name text NOT NULL CONSTRAINT customers_named CHECK (name <> ''),
        document_kind text CONSTRAINT customers_document_kind
            CHECK (document_kind IN ('cpf', 'cnpj', 'inn', 'passport')),
        document text,
        email text,
        phone text,
        locale text,
        address jsonb,
        created_at timestamptz NOT NULL,
        CONSTRAINT customers_document CHECK ((document_kind IS NULL) = (document IS NULL))
    )
    """,
    "CREATE INDEX customers_by_document ON customers (document) WHERE document IS NOT NULL",
    """
    CREATE TABLE products (
        id uuid PRIMARY KEY,
        code text NOT NULL CONSTRAINT products_code UNIQUE,
        name text NOT NULL,
        payment_backend text NOT NULL,
        active boolean NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE packages (
        id uuid PRIMARY KEY,
        code text NOT NULL CONSTRAINT packages_code UNIQUE,
        product_id uuid NOT NULL CONSTRAINT packages_product REFERENCES products (id),
        name text NOT NULL,
        price numeric(18, 2) NOT NULL CONSTRAINT packages_price CHECK (price >= 0),
        currency text NOT NULL CONSTRAINT packages_currency CHECK (currency ~ '^[A-Z]{3}$'),
        terms jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT packages_of_product UNIQUE (id, product_id)
    )
    """,
    "CREATE INDEX packages_by_product ON packages (product_id)",
    # `active` is computed, so it can never disagree with the state. A package always
    # belongs to the contract's own product, which the double foreign key guarantees.
    """
    CREATE TABLE contracts (
        id uuid PRIMARY KEY,
        name text NOT NULL CONSTRAINT contracts_named CHECK (name <> ''),
        customer_id uuid CONSTRAINT contracts_customer REFERENCES customers (id),
        product_id uuid CONSTRAINT contracts_product REFERENCES products (id),
        package_id uuid,
        backend text NOT NULL CONSTRAINT contracts_backend CHECK (backend <> ''),
        state text NOT NULL CONSTRAINT contracts_state
            CHECK (state IN ('created', 'activated', 'cancelled')),
        active boolean NOT NULL GENERATED ALWAYS AS (state <> 'cancelled') STORED,
        activated boolean NOT NULL,
        created_at timestamptz NOT NULL,
        activated_at timestamptz,
        suspended_at timestamptz,
        cancelled_at timestamptz,
        envelope_token uuid,
        external_references jsonb NOT NULL,
        backend_record jsonb NOT NULL,
        version integer NOT NULL,
        CONSTRAINT contracts_activated CHECK (NOT (activated AND state = 'created')),
        CONSTRAINT contracts_package FOREIGN KEY (package_id, product_id)
            REFERENCES packages (id, product_id),
        CONSTRAINT contracts_package_needs_product
            CHECK (package_id IS NULL OR product_id IS NOT NULL)
    )
    """,
    "CREATE INDEX contracts_by_backend ON contracts (backend, id)",
    "CREATE INDEX contracts_by_customer ON contracts (customer_id, id) "
    "WHERE customer_id IS NOT NULL",
    "CREATE INDEX contracts_by_product ON contracts (product_id, id) WHERE product_id IS NOT NULL",
    "CREATE INDEX contracts_by_package ON contracts (package_id) WHERE package_id IS NOT NULL",
    "CREATE INDEX contracts_by_state ON contracts (state, id)",
    """
    CREATE TABLE contract_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        contract_id uuid NOT NULL CONSTRAINT contract_events_contract REFERENCES contracts (id),
        event text NOT NULL,
        handled_by text[] NOT NULL,
        actor text NOT NULL,
        cause text,
        details jsonb NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX contract_events_by_contract ON contract_events (contract_id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
