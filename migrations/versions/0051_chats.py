"""Chats: groups of a messenger, what is said there, and what we send."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_STATEMENTS = (
    # status_at, status_update: the latest news of our bot there. recent: when we wrote there last.
    """
    CREATE TABLE chats (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        telegram_id bigint NOT NULL,
        tenant text REFERENCES tenants,
        carrier text,
        title text NOT NULL DEFAULT '',
        type text NOT NULL,
        is_forum boolean NOT NULL DEFAULT false,
        topic bigint,
        state text NOT NULL CONSTRAINT chats_state CHECK (state IN ('present', 'lost')),
        bot_status text,
        status_at timestamptz,
        status_update bigint NOT NULL DEFAULT 0,
        added_by bigint,
        chat_instance text,
        start_token text,
        start_token_hash bytea CONSTRAINT chats_start_token UNIQUE,
        recent timestamptz[] NOT NULL DEFAULT '{}',
        closed_until timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT chats_token CHECK ((start_token IS NULL) = (start_token_hash IS NULL))
    )
    """,
    "CREATE INDEX chats_tenant ON chats (tenant, id)",
    """
    CREATE TABLE chat_aliases (
        telegram_id bigint PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        since timestamptz NOT NULL
    )
    """,
    "CREATE INDEX chat_aliases_chat ON chat_aliases (chat_id)",
    """
    CREATE TABLE chat_bots (
        provider text PRIMARY KEY,
        recent timestamptz[] NOT NULL DEFAULT '{}',
        closed_until timestamptz
    )
    """,
    """
    CREATE TABLE chat_people (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        telegram_id bigint NOT NULL,
        name text NOT NULL DEFAULT '',
        username text NOT NULL DEFAULT '',
        language text NOT NULL DEFAULT '',
        is_bot boolean NOT NULL DEFAULT false,
        membership text,
        changed_at timestamptz,
        changed_update bigint NOT NULL DEFAULT 0,
        known_at timestamptz,
        CONSTRAINT chat_people_once UNIQUE (chat_id, telegram_id)
    )
    """,
    # in_chat: the number that the chat had then, within which message_id is unique. version_at and
    # version_update tell the text's version: when it was written or edited, and which update says so.
    """
    CREATE TABLE chat_messages (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        in_chat bigint NOT NULL,
        message_id bigint NOT NULL,
        is_ours boolean NOT NULL,
        person bigint,
        at timestamptz NOT NULL,
        version_at timestamptz NOT NULL,
        version_update bigint NOT NULL,
        revision integer NOT NULL,
        text text NOT NULL,
        reply_to bigint,
        album text,
        topic bigint,
        service text NOT NULL DEFAULT '',
        source text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT chat_messages_once UNIQUE (in_chat, message_id)
    )
    """,
    "CREATE INDEX chat_messages_timeline ON chat_messages (chat_id, at, id)",
    "CREATE INDEX chat_messages_age ON chat_messages (created_at, id)",
    """
    CREATE TABLE chat_message_revisions (
        id uuid PRIMARY KEY,
        chat_message_id uuid NOT NULL REFERENCES chat_messages ON DELETE CASCADE,
        version_at timestamptz NOT NULL,
        version_update bigint NOT NULL,
        text text NOT NULL,
        CONSTRAINT chat_message_revisions_once UNIQUE (chat_message_id, version_at, version_update)
    )
    """,
    """
    CREATE TABLE chat_assets (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        chat_message_id uuid REFERENCES chat_messages ON DELETE CASCADE,
        provider text NOT NULL,
        origin text NOT NULL,
        kind text NOT NULL,
        file_id text NOT NULL DEFAULT '',
        unique_id text NOT NULL,
        name text NOT NULL DEFAULT '',
        media_type text NOT NULL DEFAULT '',
        said_type text NOT NULL DEFAULT '',
        size bigint,
        file text,
        sha256 text NOT NULL DEFAULT '',
        content_hash bytea,
        state text NOT NULL CONSTRAINT chat_assets_state
            CHECK (state IN ('waiting', 'kept', 'missing')),
        reason text,
        created_at timestamptz NOT NULL,
        CONSTRAINT chat_assets_once UNIQUE (chat_message_id, unique_id)
    )
    """,
    "CREATE INDEX chat_assets_chat ON chat_assets (chat_id, id)",
    "CREATE INDEX chat_assets_content ON chat_assets (chat_id, content_hash)",
    "CREATE INDEX chat_assets_file ON chat_assets (file) WHERE file IS NOT NULL",
    # shown: the version of its content that stands in the chat, as message_id of in_chat.
    """
    CREATE TABLE chat_cards (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        subject_id uuid NOT NULL,
        content jsonb NOT NULL,
        version integer NOT NULL,
        shown integer NOT NULL,
        in_chat bigint,
        message_id bigint,
        CONSTRAINT chat_cards_once UNIQUE (chat_id, subject_id)
    )
    """,
    "CREATE INDEX chat_cards_subject ON chat_cards (subject_id)",
    """
    CREATE TABLE chat_sends (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        subject_id uuid,
        cause text CONSTRAINT chat_sends_cause UNIQUE,
        kind text NOT NULL CONSTRAINT chat_sends_kind CHECK (kind IN ('text', 'document', 'card')),
        card_id uuid REFERENCES chat_cards ON DELETE CASCADE,
        content jsonb,
        file text,
        actor text NOT NULL,
        written_at timestamptz NOT NULL,
        in_chat bigint,
        message_id bigint,
        file_id text,
        CONSTRAINT chat_sends_of_card CHECK ((kind = 'card') = (card_id IS NOT NULL))
    )
    """,
    "CREATE INDEX chat_sends_chat ON chat_sends (chat_id, id)",
    "CREATE INDEX chat_sends_subject ON chat_sends (subject_id, id)",
    "CREATE INDEX chat_sends_card ON chat_sends (card_id)",
    "CREATE INDEX chat_sends_known ON chat_sends (id) WHERE content IS NOT NULL",
    "CREATE INDEX chat_sends_file ON chat_sends (file) WHERE file IS NOT NULL",
    """
    CREATE TABLE chat_deliveries (
        id uuid PRIMARY KEY,
        send_id uuid NOT NULL CONSTRAINT chat_deliveries_once UNIQUE
            REFERENCES chat_sends ON DELETE CASCADE,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        state text NOT NULL CONSTRAINT chat_deliveries_state CHECK (state IN (
            'waiting', 'sending', 'delivered', 'failed', 'cancelled', 'refused', 'unknown')),
        attempts integer NOT NULL,
        tries integer NOT NULL CONSTRAINT chat_deliveries_tries CHECK (tries BETWEEN 0 AND attempts),
        is_held boolean NOT NULL,
        next_attempt_at timestamptz,
        lease_until timestamptz,
        wake_at timestamptz NOT NULL,
        CONSTRAINT chat_deliveries_due CHECK (state <> 'waiting' OR next_attempt_at IS NOT NULL),
        CONSTRAINT chat_deliveries_lease CHECK (state <> 'sending' OR lease_until IS NOT NULL)
    )
    """,
    "CREATE INDEX chat_deliveries_open ON chat_deliveries (chat_id, id) "
    "WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX chat_deliveries_held ON chat_deliveries (chat_id, next_attempt_at) WHERE is_held",
    "CREATE INDEX chat_deliveries_wake ON chat_deliveries (wake_at) "
    "WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX chat_deliveries_ended ON chat_deliveries (chat_id, id) "
    "WHERE state IN ('failed', 'cancelled', 'refused', 'unknown')",
    """
    CREATE TABLE chat_attempts (
        delivery_id uuid NOT NULL REFERENCES chat_deliveries ON DELETE CASCADE,
        number integer NOT NULL,
        started_at timestamptz NOT NULL,
        handed_at timestamptz,
        status integer,
        error text,
        answer text NOT NULL,
        milliseconds integer,
        PRIMARY KEY (delivery_id, number)
    )
    """,
    """
    CREATE TABLE chat_imports (
        id uuid PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats ON DELETE CASCADE,
        file text,
        actor text NOT NULL,
        state text NOT NULL CONSTRAINT chat_imports_state CHECK (state IN ('running', 'done', 'refused')),
        next_item integer NOT NULL DEFAULT 0,
        created integer NOT NULL DEFAULT 0,
        updated integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        rejected integer NOT NULL DEFAULT 0,
        reason text,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX chat_imports_chat ON chat_imports (chat_id, id)",
    "CREATE INDEX chat_imports_file ON chat_imports (file) WHERE file IS NOT NULL",
    *(
        statement
        for table in ("chat_assets", "chat_sends", "chat_imports")
        for statement in (
            f"CREATE TRIGGER {table}_unnames_file AFTER UPDATE OF file ON {table} FOR EACH ROW "
            "WHEN (OLD.file IS NOT NULL AND OLD.file IS DISTINCT FROM NEW.file) "
            "EXECUTE FUNCTION drop_file('file')",
            f"CREATE TRIGGER {table}_loses_file AFTER DELETE ON {table} FOR EACH ROW "
            "WHEN (OLD.file IS NOT NULL) EXECUTE FUNCTION drop_file('file')",
        )
    ),
    "COMMENT ON TABLE chats IS 'A group of a messenger in which our bot is or was; whose it is, once "
    "somebody who may has activated it.'",
    "COMMENT ON TABLE chat_aliases IS 'Every number that a chat has or had: a group that grows gets "
    "another.'",
    "COMMENT ON TABLE chat_bots IS 'When our bot wrote anywhere last, and until when the messenger "
    "wants to hear nothing of it.'",
    "COMMENT ON TABLE chat_people IS 'Who was seen in a chat, and how they belong to it as far as is "
    "known.'",
    "COMMENT ON TABLE chat_messages IS 'What was written in a chat, by people and by us, each message "
    "once, with its latest text.'",
    "COMMENT ON TABLE chat_message_revisions IS 'Texts that a message had before, or that an edit seen "
    "late had.'",
    "COMMENT ON TABLE chat_assets IS 'Files of a chat: attached there, or put here by people.'",
    "COMMENT ON TABLE chat_cards IS 'One message of ours per chat and thing, edited whenever the thing "
    "changes.'",
    "COMMENT ON TABLE chat_sends IS 'What is to be written into a chat; a card''s is what the card says "
    "when it is sent.'",
    "COMMENT ON TABLE chat_deliveries IS 'A message on its way, as mail_deliveries are.'",
    "COMMENT ON TABLE chat_attempts IS 'One attempt, written before it is made. From handed_at on what "
    "cannot be repeated may stand in the chat.'",
    "COMMENT ON TABLE chat_imports IS 'The export of a chat''s history that is read in, and how far.'",
    # Whose a thing is, by its id: chats and their files too.
    """
    DO $do$
    DECLARE
        known text := pg_get_functiondef('tramita_owner(uuid)'::regprocedure);
        last text := 'SELECT tenant, carrier FROM operations';
    BEGIN
        EXECUTE replace(known, last, 'SELECT coalesce(tenant, ''house''), carrier FROM chats WHERE id = thing
        UNION ALL
        SELECT coalesce(c.tenant, ''house''), c.carrier FROM chat_assets AS a
        JOIN chats AS c ON c.id = a.chat_id WHERE a.id = thing
        UNION ALL
        ' || last);
    END
    $do$
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
