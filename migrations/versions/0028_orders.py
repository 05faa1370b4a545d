"""What is offered to learners, by whom, and their orders."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

OWNED = "tenant text NOT NULL DEFAULT 'house', carrier text"
INACTIVE = "('canceled', 'refunding', 'refunded')"

STATEMENTS = (
    """
    CREATE TABLE learners (
        id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
        username text NOT NULL,
        tenant text NOT NULL,
        CONSTRAINT learners_once UNIQUE (tenant, username)
    )
    """,
    f"""
    CREATE TABLE organizations (
        id uuid PRIMARY KEY,
        code text NOT NULL,
        title text NOT NULL,
        country text,
        created_at timestamptz NOT NULL,
        {OWNED},
        CONSTRAINT organizations_once UNIQUE (tenant, code)
    )
    """,
    """
    CREATE TABLE organization_members (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        username text NOT NULL,
        full_name text NOT NULL,
        email text NOT NULL,
        language text NOT NULL,
        role text NOT NULL CHECK (role IN ('owner', 'administrator', 'member')),
        created_at timestamptz NOT NULL,
        CONSTRAINT organization_members_once UNIQUE (organization_id, username)
    )
    """,
    f"""
    CREATE TABLE courses (
        id uuid PRIMARY KEY,
        code text NOT NULL,
        title text NOT NULL,
        starts_on date,
        ends_on date CONSTRAINT courses_begin_before_they_end CHECK (ends_on >= starts_on),
        created_at timestamptz NOT NULL,
        {OWNED},
        CONSTRAINT courses_once UNIQUE (tenant, code)
    )
    """,
    f"""
    CREATE TABLE contract_definitions (
        id uuid PRIMARY KEY,
        title text NOT NULL,
        description text NOT NULL,
        language text NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        {OWNED}
    )
    """,
    """
    CREATE TABLE contract_definition_versions (
        definition_id uuid NOT NULL REFERENCES contract_definitions (id) ON DELETE CASCADE,
        version integer NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (definition_id, version)
    )
    """,
    f"""
    CREATE TABLE course_products (
        id uuid PRIMARY KEY,
        type text NOT NULL CHECK (type IN ('credential', 'enrollment', 'certificate')),
        title text NOT NULL,
        price numeric(12, 2) NOT NULL CHECK (price >= 0),
        currency text NOT NULL,
        contract_definition_id uuid REFERENCES contract_definitions (id),
        is_one_sitting boolean NOT NULL,
        created_at timestamptz NOT NULL,
        {OWNED}
    )
    """,
    """
    CREATE TABLE product_target_courses (
        product_id uuid NOT NULL REFERENCES course_products (id) ON DELETE CASCADE,
        course_id uuid NOT NULL REFERENCES courses (id),
        position integer NOT NULL,
        PRIMARY KEY (product_id, course_id)
    )
    """,
    f"""
    CREATE TABLE offerings (
        id uuid PRIMARY KEY,
        course_id uuid NOT NULL REFERENCES courses (id),
        product_id uuid NOT NULL REFERENCES course_products (id),
        is_open boolean NOT NULL,
        created_at timestamptz NOT NULL,
        {OWNED},
        CONSTRAINT offerings_once UNIQUE (course_id, product_id)
    )
    """,
    """
    CREATE TABLE offering_organizations (
        offering_id uuid NOT NULL REFERENCES offerings (id) ON DELETE CASCADE,
        organization_id uuid NOT NULL REFERENCES organizations (id),
        PRIMARY KEY (offering_id, organization_id)
    )
    """,
    f"""
    CREATE TABLE orders (
        id uuid PRIMARY KEY REFERENCES contracts (id),
        owner_id uuid NOT NULL REFERENCES learners (id),
        offering_id uuid NOT NULL REFERENCES offerings (id),
        product_id uuid NOT NULL REFERENCES course_products (id),
        course_id uuid NOT NULL REFERENCES courses (id),
        organization_id uuid REFERENCES organizations (id),
        enrollment_id uuid,
        contract_definition_id uuid,
        contract_definition_version integer,
        state text NOT NULL CHECK (state IN (
            'draft', 'assigned', 'to_sign', 'signing', 'to_save_payment_method',
            'to_sign_and_to_save_payment_method', 'pending', 'pending_payment', 'no_payment',
            'failed_payment', 'completed', 'canceled', 'refunding', 'refunded')),
        total numeric(12, 2) NOT NULL CHECK (total >= 0),
        currency text NOT NULL,
        is_one_sitting boolean NOT NULL,
        starts_on date,
        ends_on date,
        billing_address jsonb,
        has_waived_withdrawal_right boolean NOT NULL,
        created_at timestamptz NOT NULL,
        {OWNED},
        FOREIGN KEY (contract_definition_id, contract_definition_version)
            REFERENCES contract_definition_versions (definition_id, version),
        CONSTRAINT orders_have_an_organization CHECK (state = 'draft' OR organization_id IS NOT NULL)
    )
    """,
    # A learner has one order of a product for a course, until that is over without success.
    "CREATE UNIQUE INDEX orders_active_once ON orders (owner_id, product_id, course_id) "
    f"WHERE state NOT IN {INACTIVE}",
    "CREATE INDEX orders_active_of_organization ON orders (offering_id, organization_id) "
    f"WHERE state NOT IN {INACTIVE}",
    "CREATE INDEX orders_of_owner ON orders (owner_id, id)",
    "CREATE INDEX orders_of_tenant ON orders (tenant, id)",
    """
    CREATE TABLE order_target_courses (
        order_id uuid NOT NULL REFERENCES orders (id),
        course_id uuid NOT NULL REFERENCES courses (id),
        position integer NOT NULL,
        PRIMARY KEY (order_id, course_id)
    )
    """,
    """
    CREATE TABLE enrollments (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES orders (id),
        course_id uuid NOT NULL REFERENCES courses (id),
        learner_id uuid NOT NULL REFERENCES learners (id),
        state text NOT NULL CHECK (state IN ('open', 'closed')),
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT enrollments_once UNIQUE (order_id, course_id)
    )
    """,
    "CREATE INDEX enrollments_of_learner ON enrollments (learner_id, id)",
    "ALTER TABLE orders ADD FOREIGN KEY (enrollment_id) REFERENCES enrollments (id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
