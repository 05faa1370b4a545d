"""What the kit's own tables, and the queue's, hold of people."""

from typing import Final

from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.people.inventory import (
    IS_SAID,
    NAMES_A_FILE,
    OF_NO_CLIENT,
    Finder,
    People,
    Table,
)

_OF_STAFF: Final = "one of our own people; `tramita users forget` takes the name away"
_FORGOTTEN: Final = "`tramita users forget` takes the name away"
_OF_PARTNERS: Final = "names a system or an operator, and no client"
_EMPTIED: Final = "masked, and emptied as soon as each operation has its answer"
_OF_OPERATORS: Final = "why a provider was paused, and of no client"
_SEARCHED: Final = "searched for the person's; what names them is emptied"
_SHOWN_FOR: Final = (
    "masked as it is written: why somebody was shown a person, and no more of people"
)
_MASKED: Final = "masked as it is written, so that operators can search it"
_EVENT_GONE: Final = (
    "jsonb_build_object('id', id, 'type', type, 'timestamp', occurred_at, "
    "'data', jsonb_build_object('erased', true))::text"
)
_LIVE: Final = ", ".join(f"'{state.value}'" for state in sorted(LIVE))

_TABLES: Final = (
    Table(
        name="history",
        rows="subject_id = ANY(:all)",
        erased={"cause": "NULL", "note": "NULL"},
        kept={"actor": _OF_PARTNERS},
        encrypted="note",
        in_clear={"cause": IS_SAID, "actor": OF_NO_CLIENT},
        plain="id subject subject_id from_state to_state trigger at",
    ),
    Table(
        name="operations",
        rows="id = ANY(:operations)",
        erased={"reason": "NULL"},
        in_clear={"reason": IS_SAID},
        plain="id key kind provider job subject_id state attempts epoch reference created_at sent_at "
        "due_at lease_until settled_at ask_job asked unknown_since nothing_since parked_at tenant "
        "carrier",
    ),
    Table(
        name="exchanges",
        rows="operation_id = ANY(:all)",
        erased={"path": "''", "request": "''", "answer": "''", "error": "NULL"},
        in_clear=dict.fromkeys(("path", "request", "answer", "error"), _MASKED),
        plain="id operation_id kind attempt provider method status outcome started_at milliseconds",
    ),
    Table(
        name="inbox",
        kept={"body": _SEARCHED, "not_understood": _SEARCHED},
        encrypted="body",
        in_clear={"not_understood": IS_SAID},
        at_once=100,
        plain="id provider vendor_id received_at processed_at subject_id",
    ),
    Table(
        name="provider_pauses",
        kept={"why": _OF_OPERATORS, "paused_by": _OF_STAFF, "resumed_by": _OF_STAFF},
        in_clear={"why": IS_SAID, "paused_by": OF_NO_CLIENT, "resumed_by": OF_NO_CLIENT},
        plain="id provider kind since until began_at resumed_at",
    ),
    Table(
        name="provider_lines",
        key="provider, process",
        kept={"failure": _MASKED},
        in_clear={"failure": _MASKED},
        plain="provider process breaker in_flight places answered_at failed_at seen_at closes",
    ),
    Table(
        name="provider_hours", plain="hour provider exchanges failed p50 p95", key="hour, provider"
    ),
    Table(
        name="bulk_acts",
        kept={"note": _EMPTIED, "actor": _OF_STAFF},
        encrypted="note",
        in_clear={"actor": OF_NO_CLIENT},
        plain="id action total created_at ended_at tenant carrier",
    ),
    Table(
        name="bulk_act_items",
        kept={"said": _MASKED},
        in_clear={"said": IS_SAID},
        plain="bulk_id operation_id result",
        key="bulk_id, operation_id",
    ),
    Table(
        name="attention_claims",
        kept={"taken_by": _OF_STAFF},
        in_clear={"taken_by": OF_NO_CLIENT},
        plain="kind subject taken_at",
        key="kind, subject",
    ),
    Table(name="inbox_seen", plain="digest"),
    Table(
        name="stored_files",
        key="name",
        kept={"key": "opens one file, and goes with it"},
        encrypted="key",
        plain="name drop_at",
    ),
    Table(
        name="idempotency_keys",
        key="scope, key",
        kept={"body": _SEARCHED + "; all is gone after a day"},
        encrypted="body",
        plain="scope key body_hash status content_type started_at act",
    ),
    Table(
        name="webhook_events",
        rows="subject_id = ANY(:all)",
        erased={"body": _EVENT_GONE},
        encrypted="body",
        plain="id type occurred_at subject_id tenant carrier",
    ),
    Table(
        name="webhook_attempts",
        rows="delivery_id IN (SELECT d.id FROM webhook_deliveries AS d JOIN webhook_events AS v "
        "ON v.id = d.event_id WHERE v.subject_id = ANY(:all))",
        key="delivery_id, number",
        erased={"answer": "''", "error": "NULL"},
        in_clear={"answer": _MASKED, "error": _MASKED},
        plain="delivery_id number started_at status milliseconds",
    ),
    Table(
        name="webhook_deliveries",
        plain="id event_id endpoint_id state attempts tries is_held next_attempt_at lease_until wake_at",
    ),
    Table(
        name="webhook_endpoints",
        kept={"description": _OF_PARTNERS, "disabled_reason": _OF_PARTNERS},
        in_clear=dict.fromkeys(("description", "disabled_reason"), OF_NO_CLIENT),
        plain="id url event_types state secret previous_secret previous_secret_until older_secrets "
        "failing_since created_at disabled_at tenant carrier all_tenants",
    ),
    Table(
        name="mails",
        rows="subject_id = ANY(:all)",
        erased={"recipient": "NULL", "facts": "NULL"},
        encrypted="recipient",
        encrypted_json="facts",
        plain="id cause template subject_id tenant carrier language written_at",
    ),
    Table(
        name="mail_attempts",
        rows="delivery_id IN (SELECT id FROM mails WHERE subject_id = ANY(:all))",
        key="delivery_id, number",
        erased={"answer": "''", "error": "NULL"},
        in_clear={"answer": _MASKED, "error": _MASKED},
        plain="delivery_id number started_at handed_at status milliseconds",
    ),
    Table(
        name="mail_deliveries",
        plain="id mail_id server_id state attempts tries is_held next_attempt_at lease_until wake_at",
    ),
    Table(name="mail_servers", plain="id since"),
    Table(
        name="erasures",
        rows="roots && :all",
        kept={"requested_by": _OF_PARTNERS},
        in_clear={"requested_by": OF_NO_CLIENT},
        plain="id tenant carrier roots state requested_at ended_at kept keeps_until look_at "
        "watched_until inbox_seen",
    ),
    Table(
        name="service_tokens",
        kept={"name": _OF_PARTNERS},
        in_clear={"name": OF_NO_CLIENT},
        plain="id hash scopes created_at revoked_at carrier tenant used_at expires_at previous_hash "
        "previous_until",
    ),
    Table(
        name="accounts",
        kept={"email": _OF_STAFF},
        in_clear={"email": OF_NO_CLIENT},
        plain="id password_hash role language time_zone single_keys created_at disabled_at "
        "signed_in_at needs_second_factor",
    ),
    Table(
        name="audit",
        rows="subject_id IS NOT NULL AND subject_id = ANY(:all::text[])",
        own="false",
        erased={"details": "details - 'why'"},
        kept={
            "actor": "one of our own people; " + _FORGOTTEN,
            "network": "the network that one of our own people worked from; it goes with the row",
        },
        in_clear={"actor": OF_NO_CLIENT, "network": OF_NO_CLIENT, "details": _SHOWN_FOR},
        plain="id at action subject_kind subject_id tenant request_id",
    ),
    Table(
        name="exports",
        plain="id account_id kind filter language time_zone state pieces rows goes_on_after "
        "requested_at",
    ),
    Table(
        name="export_pieces",
        key="file",
        kept={"file": NAMES_A_FILE + "; it goes after a day"},
        in_clear={"file": NAMES_A_FILE},
        files="file",
        plain="export_id number",
    ),
    Table(
        name="saved_views",
        kept={"name": "one of our own people's word for a list"},
        encrypted="name",
        plain="id account_id room query created_at",
    ),
    Table(
        name="searches",
        kept={"typed": "gone after ten minutes"},
        encrypted="typed",
        plain="id account_id created_at",
    ),
    Table(name="account_links", key="hash", plain="hash account_id created_at"),
    Table(name="account_entries", key="id_hash", plain="id_hash account_id created_at"),
    Table(
        name="second_factors",
        key="account_id",
        kept={"secret": "opens nothing without the password of one of our own people"},
        encrypted="secret",
        plain="account_id last_step created_at confirmed_at",
    ),
    Table(name="recovery_codes", key="account_id, hash", plain="account_id hash"),
    Table(
        name="notes",
        rows="subject_id = ANY(:all)",
        erased={"text": "''"},
        encrypted="text",
        kept={"actor": "one of our own people; " + _FORGOTTEN},
        in_clear={"actor": OF_NO_CLIENT},
        plain="id subject_id written_at",
    ),
    Table(name="account_sessions", plain="id_hash account_id created_at seen_at"),
    Table(
        name="login_attempts",
        kept={"key": "whoever tried to sign in; gone once it has been forgiven"},
        in_clear={"key": OF_NO_CLIENT},
        plain="failures last_at blocked_until",
    ),
    Table(
        name="quotas",
        key="hour, key",
        kept={"key": "which tenant, or which guest of a chat; gone after a day"},
        in_clear={"key": OF_NO_CLIENT},
        plain="hour taken",
    ),
    Table(
        name="tenants",
        plain="key title created_at is_master application_visibility client_edit_until back_office "
        "amount_limits",
    ),
    Table(name="carriers", plain="code tenant"),
    Table(name="clock", plain="one offset"),
    Table(name="encryption_keys", plain="purpose name since"),
    Table(name="alembic_version", plain="version_num"),
    Table(
        name="pgqueuer",
        kept={"payload": "ids alone; a job about a person keeps them from being erased"},
        in_clear={"payload": "ids alone"},
        plain="id priority queue_manager_id created updated heartbeat execute_after status entrypoint "
        "dedupe_key headers attempts slot",
    ),
    Table(
        name="pgqueuer_log",
        kept={"traceback": _SEARCHED},
        in_clear={"traceback": "the queue's library writes it; it goes after seven days"},
        plain="id created job_id status priority entrypoint aggregated",
    ),
    Table(
        name="pgqueuer_schedules",
        plain="id expression entrypoint heartbeat created updated next_run last_run status",
    ),
    Table(name="pgqueuer_statistics", plain="id created count priority status entrypoint"),
)

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[Finder("operations", "SELECT id FROM operations WHERE subject_id = ANY(:all)")],
    open=[
        f"SELECT format('%s of %s is %s', kind, subject_id, state) AS what FROM operations "  # noqa: S608 - ours
        f"WHERE id = ANY(:operations) AND state IN ({_LIVE}) ORDER BY id",
        # Ids stand in a job's arguments as texts; the queue holds what waits, and no more.
        """
        SELECT format('job %s (%s) is %s', q.id, q.entrypoint, q.status) AS what
        FROM pgqueuer AS q WHERE q.status IN ('queued', 'picked', 'failed') AND EXISTS (
            SELECT FROM unnest(:all) AS one(id)
            WHERE position(convert_to(one.id::text, 'UTF8') IN q.payload) > 0)
        ORDER BY q.id
        """,
    ],
    keys=[
        "SELECT reference AS key FROM operations WHERE id = ANY(:operations)",
        "SELECT key FROM operations WHERE id = ANY(:operations)",
    ],
)
