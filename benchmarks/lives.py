"""Rows of many contract lives, made by SQL: what years of work leave in the tables.

How many rows a life has of each kind, and how long they are, was counted in lives that really
ran: an envelope of five portabilities, seven messages each, no partner listening.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How many rows a life has where it has many."""

    jobs: int = 10  # three lines each in the queue's log
    messages: int = 7
    moves: int = 9
    exchanges: int = 2
    deferred: int = 10  # of so many lives one has a job that waits for its time
    parked: int = 200  # so many things of each kind wait for a person, however many lives


FULL: Final = Shape()
THIN: Final = Shape(jobs=1, messages=2, moves=2, exchanges=1, deferred=1, parked=3)

# The last of so many lives are still under way; one in so many envelopes is somebody else's.
_UNDER_WAY: Final = "n > {lives} * 0.98"
# On which journey a life is, and with whom: all on one, or on each as many as there may be.
_ONE_JOURNEY: Final = "'portability'"
_EACH_JOURNEY: Final = """(ARRAY['portability', 'orders', 'portability', 'vivo', 'portability', 'orders',
    'portability', 'onec', 'portability', 'smt'])[n % 10 + 1]"""
_WITH: Final = """CASE {journey} WHEN 'orders' THEN 'lyra' WHEN 'vivo' THEN 'sigan' WHEN 'onec' THEN 'onec'
    WHEN 'smt' THEN 'smt' ELSE 'qitech' END"""
_ACT: Final = """CASE backend WHEN 'orders' THEN 'payments.debit' WHEN 'vivo' THEN 'numbering.reserve_numbers'
    WHEN 'onec' THEN 'transfers.push_application' WHEN 'smt' THEN 'smt.activate_service'
    ELSE 'portability.insert_proposal' END"""

_LIVES: Final = """
    -- As long as a hash of a CPF, and as rare, and clients as long as they are encrypted; nobody has
    -- the key of it.
    CREATE FUNCTION pg_temp.hashed(client bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
        SELECT substring(sha256(convert_to(lpad(client::text, 11, '0'), 'UTF8')) FROM 1 FOR 16)
    $$;
    CREATE FUNCTION pg_temp.made(at timestamptz, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(seed), 1, 3) || '8' || substr(md5(seed), 4, 15))::uuid
    $$;
    CREATE TEMP TABLE filler AS
        SELECT i, (SELECT string_agg(md5(i || '-' || k), '') FROM generate_series(1, 60) AS k) AS text
        FROM generate_series(0, 999) AS i;
    CREATE TEMP TABLE life AS
        SELECT n, at, pg_temp.made(at, 'contract ' || n) AS contract, pg_temp.made(at, 'act ' || n) AS act,
               pg_temp.made(at, 'second ' || n) AS second, (n - 1) / 5 AS envelope,
               {under_way} AS is_open, n % 5 = 0 AS is_lost, {journey} AS backend, {with_} AS provider
        FROM (SELECT n, now() - '{over}'::interval * (1 - n::float8 / {lives}) AS at
              FROM generate_series(1, {lives}) AS n) AS numbered;
    CREATE TEMP TABLE sold AS
        SELECT envelope AS n, pg_temp.made(min(at), 'envelope ' || envelope) AS id, min(at) AS at,
               bool_or(is_open) AS is_open
        FROM life GROUP BY envelope;
    ANALYZE life; ANALYZE sold; ANALYZE filler;
"""
# A contract in an envelope is called by its number.
_CONTRACTS: Final = """
    INSERT INTO tenants (key, title, created_at) VALUES ('rare', 'Rare', now());
    INSERT INTO customers (id, name, created_at)
        SELECT pg_temp.made(at, 'customer ' || n), 'Client ' || n, at FROM sold ORDER BY n;
    INSERT INTO envelopes (id, token, state, customer, created_at, expires_at, run, run_total,
                           run_left, tenant, remind_at, warned_at, cpf_hash)
        SELECT id, gen_random_uuid(), CASE WHEN is_open THEN 'formalizing' ELSE 'concluded' END,
               jsonb_build_object('borrower', jsonb_build_object('cpf', lpad(n::text, 11, '0'),
                   'name', 'Client ' || n, 'address', (SELECT substr(text, 1, 600) FROM filler
                                                       WHERE i = n % 1000))),
               at, at + interval '30 days', 1, 5, 0, CASE WHEN n % 5000 = 7 THEN 'rare' ELSE 'house' END,
               CASE WHEN is_open THEN now() + interval '1 day' END,
               CASE WHEN is_open THEN now() END, pg_temp.hashed(n)
        FROM sold ORDER BY n;
    INSERT INTO contracts (id, name, customer_id, backend, state, activated, created_at, cancelled_at,
                           external_references, backend_record, version, tenant)
        SELECT l.contract, 'A-' || substr(md5(l.n::text), 1, 12), pg_temp.made(s.at, 'customer ' || s.n),
               l.backend, CASE WHEN is_lost THEN 'cancelled' ELSE 'activated' END, NOT is_lost,
               l.at, CASE WHEN is_lost THEN l.at END, '{{}}', jsonb_build_object('status', 'FINALIZADO'), 6,
               CASE WHEN s.n % 5000 = 7 THEN 'rare' ELSE 'house' END
        FROM life AS l JOIN sold AS s ON s.n = l.envelope ORDER BY l.n;
    INSERT INTO envelope_contracts (id, envelope_id, position, number, product, contract_status,
            portability_status, provider, cpf_hash, origin, terms, insertion_id, is_proposal_being_inserted,
            proposal_key, credit_operation_key, proposal_number, financial, reasons, stage, stage_at, poll_at)
        SELECT l.contract, s.id, l.n % 5, 'A-' || substr(md5(l.n::text), 1, 12), 'PORTABILIDADE',
               CASE WHEN l.is_open THEN 'FORMALIZADO' WHEN l.is_lost THEN 'CANCELADO' ELSE 'PAGO' END,
               CASE WHEN l.is_open THEN 'AGUARDANDO_SALDO' WHEN l.is_lost THEN 'RETIDO'
                    ELSE 'FINALIZADO' END,
               'qitech', pg_temp.hashed(s.n),
               jsonb_build_object('ispb', '12345678', 'contract_number', 'C' || l.n,
                                  'bank_name', 'Banco Aurora', 'last_due_balance', '8912.77',
                                  'monthly_interest_rate', '0.0221', 'installment_amount', '250.00'),
               jsonb_build_object('monthly_interest_rate', '0.0167', 'number_of_installments', 80,
                                  'first_due_date', '2027-01-07', 'installment_amount', '214.62'),
               l.act, false, md5('p' || l.n), md5('o' || l.n), 'P' || l.n,
               jsonb_build_object('annual_cet', '0.2345', 'issue_amount', '8912.77', 'saving_total', '2830.40'),
               '[]', CASE WHEN l.is_open THEN 'at_origin' WHEN l.is_lost THEN 'retained' ELSE 'paid' END,
               l.at, CASE WHEN l.is_open THEN now() + interval '1 day' END
        FROM life AS l JOIN sold AS s ON s.n = l.envelope WHERE l.backend = 'portability' ORDER BY l.n;
    INSERT INTO contract_events (contract_id, event, handled_by, actor, details, at)
        SELECT contract, event, '{{portability}}', 'token:partner', '{{}}', at
        FROM life CROSS JOIN (VALUES ('on_contract_create'), ('on_contract_activate')) AS e(event)
        ORDER BY n;
    INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch, reference,
                            created_at, sent_at, due_at, lease_until, settled_at, tenant)
        SELECT id, key, kind, provider,
               CASE WHEN state = 'PENDING' THEN 'portability.insert_portability_proposal' END,
               contract, state, 1, 1, md5(n::text), at, at, at, at, CASE WHEN state <> 'PENDING' THEN at END, 'house'
        FROM (SELECT n, at, act AS id, 'insert_proposal:' || contract AS key,
                     {act} AS kind, provider, contract, 'SUCCEEDED' AS state FROM life
              UNION ALL
              SELECT n, at + interval '10 days', second, 'accept_balance:' || contract,
                     CASE WHEN n % 10000 = 3 THEN 'portability.open_group'
                          ELSE 'portability.accept_balance' END, provider, contract,
                     CASE WHEN is_open THEN 'PENDING' WHEN is_lost THEN 'REFUSED'
                          ELSE 'SUCCEEDED' END FROM life WHERE n % 10 <> 9) AS acts
        ORDER BY at;
    INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at)
        SELECT CASE WHEN k % 2 = 0 THEN 'operations' ELSE 'portability' END,
               CASE WHEN k % 2 = 0 THEN act ELSE contract END,
               CASE WHEN k % 2 = 0 THEN 'SENT' ELSE 'AGUARDANDO_SALDO' END,
               CASE WHEN k % 2 = 0 THEN 'SUCCEEDED' ELSE 'SALDO_RETORNADO' END,
               CASE WHEN k % 2 = 0 THEN 'done' ELSE 'return_balance' END, provider, at + k * interval '3 days'
        FROM life, generate_series(1, {moves}) AS k ORDER BY at + k * interval '3 days';
"""
_TRAFFIC: Final = """
    INSERT INTO exchanges (operation_id, kind, attempt, provider, method, path, request, status, answer,
                           outcome, started_at, milliseconds)
        SELECT act, {act}, k, provider, 'POST', '/portability/proposal', substr(text, 1, 600), 201,
               substr(text, 600, 1300), CASE WHEN n % 100 = 3 THEN 'refused' ELSE 'done' END, at, 120
        FROM life JOIN filler ON i = n % 1000, generate_series(1, {exchanges}) AS k ORDER BY at;
    INSERT INTO inbox (id, provider, vendor_id, body, received_at, processed_at)
        SELECT pg_temp.made(at, 'message ' || n || ' ' || k), provider, gen_random_uuid(),
               convert_to(substr(text, 1, 430), 'UTF8'), at, at
        FROM (SELECT n, k, provider, at + k * interval '4 days' AS at FROM life, generate_series(1, {messages}) AS k)
             AS said JOIN filler ON i = n % 1000 ORDER BY at;
    INSERT INTO proposal_events (provider, proposal_key, contract_id, source, said, stage, happened_at,
                                 received_at, effect, details)
        SELECT 'qitech', md5('p' || n), contract, 'webhook', 'pending_balance', 'balance', at, at, 'applied',
               jsonb_build_object('consent', jsonb_build_object('status', 'given', 'at', at))
        FROM (SELECT n, contract, at + k * interval '4 days' AS at
              FROM life, generate_series(1, {messages}) AS k) AS said ORDER BY at;
    INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint, aggregated)
        SELECT at, n, status, 0, 'portability.insert_portability_proposal', true
        FROM (SELECT n, at + k * interval '3 days' AS at FROM life, generate_series(1, {jobs}) AS k) AS ran,
             (VALUES ('queued'::pgqueuer_status), ('picked'), ('successful')) AS s(status) ORDER BY at;
    INSERT INTO pgqueuer_statistics (created, count, priority, status, entrypoint)
        SELECT at, 3, 0, 'successful', 'job ' || n || ' ' || k FROM life, generate_series(1, least(2, {jobs})) AS k
        ORDER BY at;
    INSERT INTO pgqueuer (priority, execute_after, status, entrypoint, payload)
        SELECT 0, now() + n * interval '1 minute', 'queued', 'portability.poll_proposal',
               convert_to('{{"contract_id":"' || contract || '"}}', 'UTF8')
        FROM life WHERE n % {deferred} = 0 ORDER BY n;
"""
_NUMBERS: Final = """
    INSERT INTO pre_reservation (id, purpose, carrier, ddd, brand_id, quantity, external_id, created_at,
                                 expires_at, hold_until, is_taken)
        SELECT pg_temp.made(at, 'wish ' || n), 'preview', 'alfa', ddd, 'b', 3, 'w' || n, at, at, at, n % 2 = 0
        FROM life JOIN (SELECT ddd, row_number() OVER (ORDER BY ddd) - 1 AS i, count(*) OVER () AS all_
                        FROM location_ddd) AS d ON n % all_ = d.i WHERE {numbered} ORDER BY n;
    INSERT INTO preview (id, external_id, carrier, ddd, brand_id, created_at, expires_at)
        SELECT id, external_id, carrier, ddd, brand_id, created_at, expires_at FROM pre_reservation;
    INSERT INTO phone_number (id, msisdn, origin, status, carrier, pre_reservation_id, provider_release,
                              contract_id, quarantine_until, reserved_until, created_at, updated_at)
        SELECT pg_temp.made(at, 'number ' || l.n),
               '55' || w.ddd || '9' || lpad(l.n::text, 8, '0'), 'VIVO',
               (ARRAY['IN_USE', 'QUARANTINE', 'RETURNED', 'IN_USE'])[l.n % 4 + 1], 'alfa',
               CASE WHEN l.n % 2 = 0 THEN w.id END, CASE WHEN l.n % 20000 = 10 THEN 'FAILED' ELSE 'DONE' END,
               CASE WHEN l.n % 4 = 0 THEN l.contract END,
               CASE WHEN l.n % 4 = 1 THEN now() + interval '30 days' END, NULL, at, at
        FROM life AS l JOIN pre_reservation AS w ON w.id = pg_temp.made(at, 'wish ' || l.n) ORDER BY l.n;
"""
_PARTNERS: Final = """
    INSERT INTO webhook_endpoints (id, url, description, state, secret, created_at)
        VALUES ('00000000-0000-7000-8000-000000000001', 'https://x.example', '', 'enabled', 'whsec_x', now());
    INSERT INTO webhook_events (id, type, occurred_at, body, subject_id, tenant)
        SELECT 'evt_' || replace(pg_temp.made(at, 'event ' || n)::text, '-', ''),
               CASE WHEN n % 10000 = 3 THEN 'webhooks.test' ELSE 'envelope.contract_changed' END, at,
               '{{"id":"x","data":' || to_json(substr(text, 1, 600)) || '}}', contract,
               CASE WHEN n % 25000 = 37 THEN 'rare' ELSE 'house' END
        FROM life JOIN filler ON i = n % 1000 ORDER BY n;
    INSERT INTO webhook_deliveries (id, event_id, endpoint_id, state, attempts, tries, is_held,
                                    next_attempt_at, wake_at)
        SELECT pg_temp.made(at, 'delivery ' || n),
               'evt_' || replace(pg_temp.made(at, 'event ' || n)::text, '-', ''),
               '00000000-0000-7000-8000-000000000001', 'delivered', 1, 1, false, at, at FROM life;
    INSERT INTO webhook_attempts (delivery_id, number, started_at, status, answer, milliseconds)
        SELECT pg_temp.made(at, 'delivery ' || n), 1, at, 204, '', 10 FROM life;
    INSERT INTO idempotency_keys (scope, key, body_hash, status, content_type, body, started_at)
        SELECT 'token:partner POST /api/v1/envelopes', gen_random_uuid(), md5(n::text) || md5(n::text), 201,
               'application/json', convert_to(repeat('x', 300), 'UTF8'), at FROM sold ORDER BY n;
"""
# Each life has ordered something, too: what is offered is little, and one organization sells hardly any.
_ORDERS: Final = """
    CREATE TEMP TABLE offered AS
        SELECT i, pg_temp.made(now(), 'offered ' || i) AS id FROM generate_series(0, 20) AS i;
    INSERT INTO organizations (id, code, title, created_at) SELECT id, 'o' || i, 'O ' || i, now() FROM offered;
    INSERT INTO courses (id, code, title, created_at) SELECT id, 'c' || i, 'C ' || i, now() FROM offered;
    INSERT INTO course_products (id, type, title, price, currency, is_one_sitting, created_at)
        SELECT id, 'credential', 'P ' || i, 100, 'EUR', false, now() FROM offered;
    INSERT INTO contract_definitions (id, title, description, language, version, created_at)
        SELECT id, 'Agreement', '', 'en', 1, now() FROM offered WHERE i = 0;
    INSERT INTO learners (id, username, username_hash, tenant)
        SELECT pg_temp.made(at, 'customer ' || n), 'learner-' || n, pg_temp.hashed(n), 'house' FROM sold
        ORDER BY n;
    INSERT INTO orders (id, owner_id, offering_id, product_id, course_id, organization_id, state, total,
                        currency, is_one_sitting, has_waived_withdrawal_right, created_at,
                        contract_definition_id, contract_definition_version)
        SELECT l.contract, pg_temp.made(s.at, 'customer ' || s.n), o.id, o.id, o.id, g.id,
               CASE WHEN l.n % 1000 = 3 THEN 'failed_payment' WHEN l.is_open THEN 'to_sign'
                    WHEN l.is_lost THEN 'canceled' ELSE 'completed' END,
               100, 'EUR', false, false, l.at, (SELECT id FROM offered WHERE i = 0), 1
        FROM life AS l JOIN sold AS s ON s.n = l.envelope JOIN offered AS o ON o.i = l.n % 20
        JOIN offered AS g ON g.i = CASE WHEN l.n <= 1000 AND l.n % 50 = 3 THEN 20 ELSE l.n % 20 END
        WHERE {ordered} ORDER BY l.n;
    -- The one that sells hardly any has as many orders at any size; another one never signs.
    INSERT INTO signing_procedures (id, contract_id, organization_id, provider, provider_reference, title, document_id, state,
                                    created_at, submitted_for_signature_on, student_signed_on,
                                    organization_signed_on, expires_at, known_at, signed_file, version,
                                    sent_version)
        SELECT id, id, organization_id, 'lexpersona', id::text, 't', id, CASE WHEN is_signed THEN 'signed' ELSE 'half_signed' END,
               created_at, created_at, created_at, CASE WHEN is_signed THEN created_at END,
               now() + interval '99 days', now(), CASE WHEN is_signed THEN 'f' || id END, 1, 1
        FROM (SELECT *, state = 'completed' AND organization_id <> (SELECT id FROM offered WHERE i = 6) AS is_signed
              FROM orders WHERE state IN ('completed', 'failed_payment')) AS o ORDER BY o.id;
    INSERT INTO invoices (id, contract_id, tenant, organization, year, number, reference, kind, total, currency,
                          issued_at)
        SELECT id, id, 'house', 'o', 2026, row_number() OVER (ORDER BY id), 'o-' || id, 'main', total, currency,
               created_at FROM orders AS o ORDER BY o.id;
    -- One in ten was paid by hand. Of the cards some end soon, as many at any size, the others later.
    INSERT INTO credit_cards (id, tenant, provider, token, brand, expiration_month, expiration_year,
                              last_numbers, state, created_at)
        SELECT id, 'house', 'lyra', id::text, 'Visa', extract(month FROM good_until),
               extract(year FROM good_until), '0014', 'active', created_at
        FROM (SELECT id, created_at, n, now() + CASE WHEN n <= 10 THEN 0 ELSE 3 + n % 45 END * interval '1 month'
                         AS good_until
              FROM (SELECT id, created_at, row_number() OVER (ORDER BY id) AS n FROM orders) AS numbered) AS saved
        WHERE n % 10 > 0 ORDER BY saved.id;
    INSERT INTO card_owners (card_id, payer_id, is_main, created_at)
        SELECT c.id, o.owner_id, false, c.created_at FROM credit_cards AS c JOIN orders AS o ON o.id = c.id ORDER BY c.id;
    INSERT INTO payment_accounts (contract_id, payer_id, provider, organization, total, currency, created_at, card_id)
        SELECT o.id, owner_id, 'lyra', 'o', total, currency, o.created_at, c.id
        FROM orders AS o LEFT JOIN credit_cards AS c ON c.id = o.id ORDER BY o.id;
    INSERT INTO installments (id, contract_id, position, due_date, amount, currency, state)
        SELECT pg_temp.made(created_at, id || ' due ' || k), id, k, created_at::date + k * 30, 50, 'EUR',
               CASE state WHEN 'completed' THEN 'paid' ELSE 'canceled' END
        FROM orders, generate_series(1, 2) AS k ORDER BY id, k;
"""
# What the others are about, and where every contract stands: what triggers would have kept.
_JOURNEYS: Final = """
    INSERT INTO agents (id, tenant, name, role, is_active, created_at)
        SELECT id, 'house', 'Agent', 'agent', true, now() FROM offered WHERE i = 0;
    INSERT INTO mobile_lines (id, state)
        SELECT contract, CASE WHEN is_open THEN 'NUMBERED' WHEN is_lost THEN 'CANCELLED' ELSE 'LIVE' END
        FROM life WHERE backend = 'vivo';
    INSERT INTO applications (id, tenant, agent_id, origin, kind, state, payment_state, version, revision,
                              fields, amount, currency, created_at, updated_at, read_only_at, contract_id)
        SELECT contract, 'house', (SELECT id FROM offered WHERE i = 0), 'api', 'ordinary',
               CASE WHEN is_open THEN 'in_work' WHEN is_lost THEN 'cancelled' ELSE 'completed' END,
               'none', 1, 1, '{{}}', 1000, 'USD', at, at, at, contract
        FROM life WHERE backend = 'onec' ORDER BY n;
    INSERT INTO contract_standings (contract_id, tenant, backend, stage, provider, product, begun_at, since,
                                    is_followed)
        SELECT c.id, c.tenant, c.backend,
               coalesce(e.portability_status, e.contract_status, o.state, m.state, a.state, c.state),
               CASE WHEN e.id IS NULL AND o.id IS NULL AND m.id IS NULL AND a.id IS NULL THEN ''
                    ELSE coalesce(e.provider, l.provider) END,
               coalesce(e.product, o.product_id::text, a.kind, ''), l.at, l.at + (l.n % 19) * interval '1 day',
               coalesce(e.id, o.id, m.id, a.id) IS NOT NULL
        FROM life AS l JOIN contracts AS c ON c.id = l.contract
        LEFT JOIN envelope_contracts AS e ON e.id = c.id
        LEFT JOIN orders AS o ON o.id = c.id AND c.backend = 'orders'
        LEFT JOIN mobile_lines AS m ON m.id = c.id LEFT JOIN applications AS a ON a.contract_id = c.id
        ORDER BY c.id;
"""

# Each was a payment abroad as well, of which 1C was told and told us; some wait, as many at any size.
_TRANSFERS: Final = """
    INSERT INTO office_messages (id, tenant, direction, message_no, kind, external_id, application_id,
                                 subject_id, operation_id, state, tries, created_at, handled_at, body)
        SELECT pg_temp.made(at, d || n), 'house', d, dense_rank() OVER (ORDER BY n), 'application', contract::text,
               contract, contract, act,
               CASE WHEN n <= 30 THEN CASE d WHEN 'in' THEN 'rejected' ELSE 'sent' END
                    ELSE CASE d WHEN 'in' THEN 'applied' ELSE 'acknowledged' END END,
               1, at, at, 'x'
        FROM life, unnest('{{in,out}}'::text[]) AS d WHERE {transferred} ORDER BY n;
    INSERT INTO application_documents (id, application_id, kind, name, file, sha256, size, media_type, origin,
                                       is_for_client, actor, send_id, created_at)
        SELECT pg_temp.made(at, 'paper ' || n), contract, 'act', 'x', NULL, 'x', 1, 'application/pdf', 'onec',
               true, 'x', pg_temp.made(at, 'sent ' || n), at
        FROM life WHERE {transferred} ORDER BY n;
    INSERT INTO chat_deliveries (id, send_id, chat_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
        SELECT pg_temp.made(at, 'sent ' || n), pg_temp.made(at, 'sent ' || n), contract,
               CASE WHEN n <= 10 THEN 'failed' ELSE 'delivered' END, 1, 1, false, at, at
        FROM life WHERE {transferred} ORDER BY n;
    INSERT INTO document_jobs (id, application_id, kind, params, state, actor, document_id, created_at, ended_at)
        SELECT pg_temp.made(at, 'job ' || n), contract, 'act', '{{}}',
               CASE WHEN n <= 10 THEN 'stored' ELSE 'posted_to_chat' END, 'x', pg_temp.made(at, 'paper ' || n),
               now(), at
        FROM life WHERE {transferred} ORDER BY n;
"""

# What people did, and what waits for them: as much of that at any size.
_HOUSE: Final = """
    INSERT INTO chats (id, provider, telegram_id, tenant, title, type, state, created_at)
        SELECT contract, 'telegram', -n, 'house', 'Group', 'supergroup', 'present', at
        FROM life WHERE backend = 'onec' ORDER BY n;
    INSERT INTO chat_people (id, chat_id, telegram_id, known_at)
        SELECT pg_temp.made(at, 'member ' || n || ' ' || k), contract, n * 10 + k, at
        FROM life, generate_series(1, 3) AS k WHERE backend = 'onec' ORDER BY n;
    INSERT INTO chat_messages (id, chat_id, in_chat, message_id, is_ours, person, at, version_at, version_update,
                               revision, text, source, created_at)
        SELECT pg_temp.made(at, 'said ' || n || ' ' || k), contract, -n, k, false, n * 10 + 1, at, at, 0, 1,
               substr(text, 1, 120), 'update', at
        FROM life JOIN filler ON i = n % 1000, generate_series(1, 5) AS k WHERE backend = 'onec' ORDER BY n;
    INSERT INTO mails (id, cause, template, subject_id, tenant, language, recipient, facts, written_at)
        SELECT pg_temp.made(at, 'mail ' || n), 'bought/' || contract, 'orders.bought', contract, 'house', 'en',
               'x@example.com', '{{}}', at
        FROM life WHERE backend = 'orders' ORDER BY n;
    INSERT INTO mail_deliveries (id, mail_id, server_id, state, attempts, tries, is_held, wake_at)
        SELECT pg_temp.made(at, 'posted ' || n), pg_temp.made(at, 'mail ' || n), (SELECT id FROM mail_servers),
               CASE WHEN n <= 300 THEN 'failed' ELSE 'delivered' END, 1, 1, false, at
        FROM life WHERE backend = 'orders' ORDER BY n;
    INSERT INTO audit (id, at, actor, action, subject_kind, subject_id, tenant, details)
        SELECT pg_temp.made(at, 'shown ' || n), at, 'user:ana@example.com', 'person.shown', 'contract',
               contract::text, 'house', '{{}}'
        FROM life WHERE n % 10 = 3 ORDER BY n;
    INSERT INTO notes (id, subject_id, actor, text, written_at)
        SELECT pg_temp.made(at, 'note ' || n), contract, 'user:ana@example.com', 'Called.', at
        FROM life WHERE n % 7 = 3 ORDER BY n;
    INSERT INTO erasures (id, tenant, roots, state, requested_by, requested_at, ended_at, look_at,
                          watched_until, inbox_seen)
        SELECT pg_temp.made(at, 'erasure ' || n), 'house', ARRAY[pg_temp.made(at, 'nobody ' || n)], 'erased',
               'user:ana@example.com', at, at, at, at, contract
        FROM life WHERE n % 1000 = 7 ORDER BY n;
    INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at)
        SELECT 'operations', act, 'NEEDS_ATTENTION', 'SUCCEEDED', 'settle', 'user:ana@example.com', at
        FROM life WHERE n % 50 = 3 ORDER BY at;
    INSERT INTO provider_hours (hour, provider, exchanges, failed, p50, p95)
        SELECT date_trunc('hour', now()) - k * interval '1 hour', provider, 100, 1, 120, 400
        FROM generate_series(0, 24 * 30) AS k, (SELECT DISTINCT provider FROM life) AS p;
    UPDATE operations SET state = 'NEEDS_ATTENTION', reason = 'no answer within 30 s', parked_at = created_at,
                          job = 'portability.insert_portability_proposal', ask_job = 'portability.ask'
        WHERE id IN (SELECT second FROM life WHERE n % 10 <> 9 ORDER BY n DESC LIMIT {parked});
    UPDATE inbox SET not_understood = 'a field is missing'
        WHERE id IN (SELECT pg_temp.made(at + interval '4 days', 'message ' || n || ' 1') FROM life
                     ORDER BY n DESC LIMIT {parked});
    UPDATE webhook_deliveries SET state = 'failed'
        WHERE id IN (SELECT pg_temp.made(at, 'delivery ' || n) FROM life ORDER BY n DESC LIMIT {parked});
    INSERT INTO bulk_acts (id, action, actor, total, created_at, ended_at, tenant)
        VALUES ('00000000-0000-7000-8000-000000000002', 'ask_again', 'user:ana@example.com', {parked}, now(), now(),
                'house');
    INSERT INTO bulk_act_items (bulk_id, operation_id, result)
        SELECT '00000000-0000-7000-8000-000000000002', id, 'done' FROM operations WHERE state = 'NEEDS_ATTENTION';
"""


async def make_lives(
    connection: asyncpg.Connection,
    lives: int,
    *,
    over: timedelta = timedelta(days=365),
    shape: Shape = FULL,
    partners: bool = True,
    of_each: bool = False,
) -> None:
    """Fill an empty, migrated database with ``lives`` that began over so long a time until now.

    A fiftieth of them, the youngest, is under way; a fifth of the others was lost. They are
    portabilities, or with ``of_each`` contracts on each journey.
    """
    pieces = (_LIVES, _CONTRACTS, _TRAFFIC, _NUMBERS, _ORDERS, *([_PARTNERS] if partners else []))
    journey = _EACH_JOURNEY if of_each else _ONE_JOURNEY
    words = {
        "journey": journey,
        "with_": _WITH.format(journey=journey),
        "act": _ACT,
        "ordered": "l.backend = 'orders'" if of_each else "true",
        "numbered": "backend IN ('vivo', 'smt')" if of_each else "true",
        "transferred": "backend = 'onec'" if of_each else "true",
        "lives": lives,
        "over": f"{over.total_seconds()} seconds",
        "under_way": _UNDER_WAY.format(lives=lives),
        "jobs": shape.jobs,
        "messages": shape.messages,
        "moves": shape.moves,
        "exchanges": shape.exchanges,
        "deferred": shape.deferred,
        "parked": shape.parked,
    }
    await connection.execute("SET session_replication_role = replica")  # no look at foreign keys
    for piece in (*pieces, _JOURNEYS, _TRANSFERS, *([_HOUSE] if of_each else [])):
        await connection.execute(piece.format(**words))
    await connection.execute("RESET session_replication_role")
