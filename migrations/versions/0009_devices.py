"""Brands and models of devices, as the provider listed them last."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    # One row: how the last synchronisation went. Times are the platform's. as_of is when the
    # reading began that the list comes from, or that found it unchanged; until there is one,
    # there is no list. full_at is when every page was last read whatever its tag said.
    """
    CREATE TABLE device_catalog (
        is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT device_catalog_one CHECK (is_only),
        as_of timestamptz,
        full_at timestamptz,
        due_at timestamptz NOT NULL DEFAULT '-infinity',
        etag text,
        list_version text,
        failure text
    )
    """,
    "INSERT INTO device_catalog DEFAULT VALUES",
    # Ids are the provider's; sort_name is the name without capitals and accents, by which it is
    # found and listed. etag is that of the brand's list of models.
    """
    CREATE TABLE device_brand (
        id text PRIMARY KEY,
        name text NOT NULL,
        sort_name text COLLATE "C" NOT NULL,
        etag text
    )
    """,
    "CREATE INDEX device_brand_in_order ON device_brand (sort_name, id)",
    # What is sold under one name may have an eSIM in one region and none in another:
    # code tells them apart.
    """
    CREATE TABLE device_model (
        brand_id text NOT NULL REFERENCES device_brand (id) ON DELETE CASCADE,
        id text NOT NULL,
        name text NOT NULL,
        sort_name text COLLATE "C" NOT NULL,
        code text NOT NULL,
        region text,
        esim text NOT NULL CONSTRAINT device_model_esim CHECK (esim IN ('YES', 'NO', 'UNKNOWN')),
        PRIMARY KEY (brand_id, id)
    )
    """,
    "CREATE INDEX device_model_in_order ON device_model (brand_id, sort_name, id)",
    "CREATE INDEX device_model_id ON device_model (id)",
    """
    CREATE TABLE device_model_tac (
        tac text NOT NULL,
        brand_id text NOT NULL,
        model_id text NOT NULL,
        PRIMARY KEY (tac, brand_id, model_id),
        FOREIGN KEY (brand_id, model_id) REFERENCES device_model (brand_id, id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX device_model_tac_model ON device_model_tac (brand_id, model_id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
