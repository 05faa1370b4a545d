"""Rows of every kind that is forgotten, made so that their time is over, or nearly."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tramita.kit.kept import Kept
from tramita.process.areas import RETENTION

KEPT: Final[Mapping[str, Kept]] = {one.name: one for one in RETENTION.kept}
LONG: Final = timedelta(days=10_000)

# A row of each kind that is $1 old, and all of it done; what it shall be counted in.
_OPERATION: Final = """
    INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch,
                            created_at, due_at, lease_until)
    SELECT {id}, gen_random_uuid(), 'test.act', 'acme', 'test.act', {subject}, '{state}', 1, 1,
           now(), now(), now() FROM {source}
"""
_EXCHANGE: Final = """
    WITH act AS (SELECT gen_random_uuid() AS id), prepared AS ({operation})
    INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, answer, outcome,
                           started_at, milliseconds)
    SELECT id, 1, 'acme', 'POST', '/', '', '', 'done', now() - $1::interval, 1 FROM act
"""
_MESSAGE: Final = """
    INSERT INTO inbox (id, provider, vendor_id, body, received_at, processed_at)
    VALUES (gen_random_uuid(), 'acme', gen_random_uuid(), 'x', now() - $1::interval, {processed})
"""
_OFFICE_MESSAGE: Final = """
    INSERT INTO office_messages (id, tenant, direction, message_no, kind, external_id, state, body, tries,
                                 created_at)
    VALUES (gen_random_uuid(), 'house', 'in', (random() * 1e15)::bigint, 'status', 'x', '{state}', 'x', 1,
            now() - $1::interval)
"""
_EVENT: Final = """
    WITH event AS (
        INSERT INTO webhook_events (id, type, occurred_at, body, subject_id)
        VALUES ('evt_' || md5(random()::text), 'test', now() - $1::interval, '{{}}',
                gen_random_uuid()) RETURNING id
    ), endpoint AS (
        INSERT INTO webhook_endpoints (id, url, description, state, secret, created_at)
        VALUES (gen_random_uuid(), 'https://x.example', '', 'enabled', 'whsec_x', now()) RETURNING id
    )
    INSERT INTO webhook_deliveries (id, event_id, endpoint_id, state, attempts, tries, is_held,
                                    next_attempt_at, wake_at)
    SELECT gen_random_uuid(), event.id, endpoint.id, '{state}', 1, 1, false, now(), now()
    FROM event, endpoint
"""
_KEY: Final = """
    INSERT INTO idempotency_keys (scope, key, body_hash, status, content_type, body, started_at)
    VALUES ('s', gen_random_uuid(), 'h', 201, 'text/plain', {body}, now() - $1::interval)
"""
_SAID: Final = """
    WITH contract AS (
        INSERT INTO contracts (id, name, backend, state, activated, created_at,
                               external_references, backend_record, version)
        VALUES (gen_random_uuid(), 'n', 'portability', 'created', false, now(), '[]', '{{}}', 1)
        RETURNING id
    ), envelope AS (
        INSERT INTO envelopes (id, token, state, customer, created_at, expires_at, run, run_total,
                               run_left)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'draft', '{{}}', now(), now(), 0, 0, 0)
        RETURNING id
    ), portability AS (
        INSERT INTO envelope_contracts (id, envelope_id, position, number,
            product, contract_status, portability_status, provider,
            is_proposal_being_inserted, reasons)
        SELECT c.id, e.id, 1, c.id, 'PORTABILIDADE', {pair}, 'acme', false, '[]'
        FROM contract AS c, envelope AS e RETURNING id
    )
    INSERT INTO proposal_events (provider, proposal_key, contract_id, source, said, happened_at,
                                 received_at, effect, details)
    SELECT 'acme', 'k', id, 'poll', 'said', now(), now() - $1::interval, 'applied', '{{}}'
    FROM portability
"""
_PREVIEW: Final = """
    WITH wish AS (
        INSERT INTO pre_reservation (id, purpose, ddd, brand_id, quantity, external_id, created_at,
                                     expires_at, hold_until)
        SELECT gen_random_uuid(), 'preview', '11', 'b', 3, gen_random_uuid(), at, at, at
        FROM (SELECT now() - $1::interval AS at) AS long_ago RETURNING *
    ), act AS (SELECT id FROM wish), wanted AS ({operation}), shown AS (
        INSERT INTO preview (id, external_id, ddd, brand_id, created_at, expires_at)
        SELECT id, external_id, ddd, brand_id, created_at, expires_at FROM wish
    )
    INSERT INTO preview_number (preview_id, idx, msisdn) SELECT id, 0, '5511900000000' FROM wish
"""

_PROCEDURE: Final = """
    WITH contract AS (
        INSERT INTO contracts (id, name, backend, state, activated, created_at,
                               external_references, backend_record, version)
        VALUES (gen_random_uuid(), 'n', 'orders', 'created', false, now(), '[]', '{{}}', 1)
        RETURNING id
    ), document AS (
        INSERT INTO documents (id, title, text, language, file, created_at)
        VALUES (gen_random_uuid(), 'A title', 'A text', 'en', 'a file', now()) RETURNING id
    ), procedure AS (
        INSERT INTO signing_procedures (id, contract_id, provider, title, document_id, state,
            created_at, expires_at, version, sent_version, student_signed_on)
        SELECT gen_random_uuid(), c.id, 'acme', 'A title', d.id, '{state}', now() - $1::interval, now(),
               1, 1, {signed} FROM contract AS c, document AS d RETURNING id
    )
    INSERT INTO signatories (id, procedure_id, party, position, name, email, language)
    SELECT gen_random_uuid(), id, 'student', 1, 'Zoe', 'zoe@x.example', 'fr' FROM procedure
"""
_MAIL: Final = """
    WITH mail AS (
        INSERT INTO mails (id, cause, template, subject_id, tenant, language, recipient, facts,
                           written_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'welcome', gen_random_uuid(), 'house', 'en',
                'zoe@x.example', '{{}}', now() - $1::interval) RETURNING id
    ), delivery AS (
        INSERT INTO mail_deliveries (id, mail_id, server_id, state, attempts, tries, is_held,
                                     next_attempt_at, wake_at)
        SELECT gen_random_uuid(), mail.id, s.id, '{state}', 1, 1, false, now(), now()
        FROM mail, mail_servers AS s RETURNING id
    )
    INSERT INTO mail_attempts (delivery_id, number, started_at, answer)
    SELECT id, 1, now(), '250 taken' FROM delivery
"""
_CHAT: Final = """
    WITH chat AS (
        INSERT INTO chats (id, provider, telegram_id, type, state, created_at)
        VALUES (gen_random_uuid(), 'acme', (random() * 1e15)::bigint, 'group', 'present', now())
        RETURNING id
    )
"""
_CHAT_MESSAGE: Final = f"""
    {_CHAT}
    INSERT INTO chat_messages (id, chat_id, in_chat, message_id, is_ours, at, version_at,
                               version_update, revision, text, source, created_at)
    SELECT gen_random_uuid(), id, (random() * 1e15)::bigint, 1, false, now(), now(), 1, 1, 'x',
           'update', now() - $1::interval FROM chat
"""
_HANDED_IN: Final = f"""
    {_CHAT}
    INSERT INTO chat_assets (id, chat_id, chat_message_id, provider, origin, kind, unique_id, state,
                             created_at)
    SELECT gen_random_uuid(), id, {{message}}, 'acme', 'person', 'invoice', 'x', 'kept',
           now() - $1::interval FROM chat
"""
_ALONE: Final = """
    INSERT INTO chats (id, provider, telegram_id, type, title, state, created_at)
    VALUES (gen_random_uuid(), 'acme', (random() * 1e15)::bigint, 'private', 'Anna', 'present',
            now() - $1::interval)
"""
_SEND: Final = f"""
    {_CHAT}, send AS (
        INSERT INTO chat_sends (id, chat_id, kind, content, actor, written_at)
        SELECT gen_random_uuid(), id, 'text', '{{{{}}}}', 'x', now() - $1::interval FROM chat
        RETURNING id, chat_id
    ), delivery AS (
        INSERT INTO chat_deliveries (id, send_id, chat_id, state, attempts, tries, is_held,
                                     next_attempt_at, wake_at)
        SELECT id, id, chat_id, '{{state}}', 1, 1, false, now(), now() FROM send RETURNING id
    )
    INSERT INTO chat_attempts (delivery_id, number, started_at, answer)
    SELECT id, 1, now(), 'ok' FROM delivery
"""
_CARD: Final = """
    INSERT INTO credit_cards (id, tenant, provider, brand, expiration_month, expiration_year,
                              last_numbers, state, created_at)
    VALUES (gen_random_uuid(), 'house', 'acme', 'Visa', 1, 2030, '0014', '{state}', now() - $1::interval)
"""


def _act(state: str, *, subject: str = "gen_random_uuid()", id_: str = "id") -> str:
    return _OPERATION.format(state=state, subject=subject, id=id_, source="act")


_LOGGED: Final = (
    "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint, aggregated) "
    "VALUES (now() - $1::interval, {job}, 'successful', 0, 'x', {aggregated})"
)
_HELD: Final = (
    "(SELECT id FROM pgqueuer WHERE status = 'failed' ORDER BY id LIMIT 1)",
    "INSERT INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'failed', 'x')",
)
DONE: Final[dict[str, str]] = {
    "queue log": _LOGGED.format(job=-1, aggregated="true"),
    "queue statistics": "INSERT INTO pgqueuer_statistics (created, count, priority, status, entrypoint)"
    " VALUES (now() - $1::interval, 1, 0, 'successful', 'x')",
    "exchanges": _EXCHANGE.format(operation=_act("SUCCEEDED")),
    "hours of providers": "INSERT INTO provider_hours (hour, provider, exchanges, failed, p50, p95) "
    "VALUES (now() - $1::interval, gen_random_uuid(), 1, 0, 1, 1)",
    "acts on many": "INSERT INTO bulk_acts (id, action, actor, total, created_at, ended_at, tenant) "
    "VALUES (gen_random_uuid(), 'ask_again', 'cli', 1, now() - $1::interval, now(), 'house')",
    "taken cases": "INSERT INTO attention_claims (kind, subject, taken_by, taken_at) "
    "VALUES ('operation', gen_random_uuid(), 'cli', now() - $1::interval)",
    "inbox bodies": _MESSAGE.format(processed="now()"),
    "inbox": _MESSAGE.format(processed="now()").replace("'x'", "NULL"),
    "messages of back offices": _OFFICE_MESSAGE.format(state="applied"),
    "refused messages of back offices": _OFFICE_MESSAGE.format(state="rejected"),
    "webhook events": _EVENT.format(state="delivered"),
    "idempotency answers": _KEY.format(body="'x'"),
    "idempotency keys": _KEY.format(body="NULL"),
    "sessions": "WITH account AS (INSERT INTO accounts (id, email, password_hash, role, created_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid(), '', 'operator', now()) RETURNING id) "
    "INSERT INTO account_sessions (id_hash, account_id, created_at, seen_at) "
    "SELECT gen_random_uuid(), id, now() - $1::interval, now() FROM account",
    "sign-ins under way": "WITH account AS (INSERT INTO accounts (id, email, role, created_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid(), 'viewer', now()) RETURNING id) "
    "INSERT INTO account_entries (id_hash, account_id, created_at) "
    "SELECT gen_random_uuid(), id, now() - $1::interval FROM account",
    "links that set a password": "WITH account AS (INSERT INTO accounts (id, email, role, created_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid(), 'viewer', now()) RETURNING id) "
    "INSERT INTO account_links (hash, account_id, created_at) "
    "SELECT gen_random_uuid(), id, now() - $1::interval FROM account",
    "learners' sessions": "WITH learner AS (INSERT INTO customers (id, name, created_at, tenant) "
    "VALUES (gen_random_uuid(), 'Ana', now(), 'house') RETURNING id), known AS ("
    "INSERT INTO learners (id, username, tenant) SELECT id, id::text, 'house' FROM learner RETURNING id) "
    "INSERT INTO learner_sessions (id_hash, learner_id, created_at, seen_at) "
    "SELECT gen_random_uuid(), id, now() - $1::interval, now() FROM known",
    "sessions of the Mini App": "WITH chat AS (INSERT INTO chats (id, provider, telegram_id, type, state, "
    "created_at) VALUES (gen_random_uuid(), 'telegram', -(random() * 1e12)::bigint, 'group', "
    "'present', now()) RETURNING id) INSERT INTO webapp_sessions (id_hash, chat_id, telegram_id, name, "
    "language, browser_hash, signed_at, created_at, seen_at) SELECT gen_random_uuid(), id, 1, '', 'ru', "
    "'', now(), now() - $1::interval, now() FROM chat",
    "audit": "INSERT INTO audit (id, at, actor, action, subject_kind, details) "
    "VALUES (gen_random_uuid(), now() - $1::interval, 'cli', 'token.created', 'token', '{}')",
    "searches": "WITH asker AS (INSERT INTO accounts (id, email, password_hash, role, created_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', '', 'operator', now()) "
    "RETURNING id) INSERT INTO searches (id, account_id, typed, created_at) "
    "SELECT gen_random_uuid(), id, 'x', now() - $1::interval FROM asker",
    "notes": "INSERT INTO notes (id, subject_id, actor, text, written_at) VALUES (gen_random_uuid(), "
    "gen_random_uuid(), 'user:ana@example.com', 'She calls on Monday', now() - $1::interval)",
    "exports": "WITH asker AS (INSERT INTO accounts (id, email, password_hash, role, created_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', '', 'operator', now()) "
    "RETURNING id) INSERT INTO exports (id, account_id, kind, filter, language, time_zone, state, "
    "requested_at) SELECT gen_random_uuid(), id, 'contracts.write_contracts', '{}', 'en', 'UTC', "
    "'ready', now() - $1::interval FROM asker",
    "sign-in attempts": "INSERT INTO login_attempts (key, failures, last_at, blocked_until) "
    "VALUES (gen_random_uuid(), 1, now() - $1::interval, now())",
    "quotas": "INSERT INTO quotas (hour, key, taken) VALUES (now() - $1::interval, gen_random_uuid(), 1)",
    "provider events": _SAID.format(pair="'PAGO', 'FINALIZADO'"),
    "contracts not signed": _PROCEDURE.format(state="aborted", signed="NULL"),
    "deleted cards": _CARD.format(state="deleted"),
    "e-mails": _MAIL.format(state="delivered"),
    "messages of chats": _CHAT_MESSAGE,
    "files handed in to chats": _HANDED_IN.format(message="NULL"),
    "texts sent to chats": _SEND.format(state="delivered"),
    "names of agents' own chats": _ALONE,
    "previews": _PREVIEW.format(operation=_act("SUCCEEDED", subject="id", id_="gen_random_uuid()")),
}
DONE["previews with a number"] = DONE["previews"].replace(
    "INSERT INTO preview_number",
    """
    , number AS (
        INSERT INTO phone_number (id, msisdn, origin, status, pre_reservation_id, created_at,
                                  updated_at)
        SELECT gen_random_uuid(), '55119' || lpad((random() * 99999999)::int::text, 8, '0'), 'VIVO',
               'IN_USE', id, now(), now() FROM wish
    )
    INSERT INTO preview_number""",
)
# Rows that stay although they are old: first what they belong to, then themselves.
SPARED: Final[Mapping[str, Sequence[str]]] = {
    "names of agents' own chats": [
        f"""
        WITH chat AS ({_ALONE} RETURNING id)
        INSERT INTO chat_sends (id, chat_id, kind, content, actor, written_at)
        SELECT gen_random_uuid(), id, 'text', '{{}}', 'x', now() FROM chat
        """
    ],
    "previews with a number": [DONE["previews"]],
    "queue log": [_HELD[1], _LOGGED.format(job=_HELD[0], aggregated="true")],
    "exchanges": [_EXCHANGE.format(operation=_act("UNKNOWN"))],
    "acts on many": [
        "INSERT INTO bulk_acts (id, action, actor, note, total, created_at, tenant) "
        "VALUES (gen_random_uuid(), 'ask_again', 'cli', 'n', 1, now() - $1::interval, 'house')"
    ],
    "inbox bodies": [_MESSAGE.format(processed="NULL")],
    "inbox": [_MESSAGE.format(processed="NULL")],
    "messages of back offices": [_OFFICE_MESSAGE.format(state="rejected")],
    "refused messages of back offices": [_OFFICE_MESSAGE.format(state="applied")],
    "webhook events": [_EVENT.format(state="waiting")],
    "provider events": [_SAID.format(pair="'FORMALIZADO', 'AGUARDANDO_SALDO'")],
    "contracts not signed": [_PROCEDURE.format(state="aborted", signed="now()")],
    "deleted cards": [_CARD.format(state="active")],
    "e-mails": [_MAIL.format(state="waiting")],
    "previews": [_PREVIEW.format(operation=_act("PENDING", subject="id", id_="gen_random_uuid()"))],
}
