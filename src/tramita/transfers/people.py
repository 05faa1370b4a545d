"""What the tables of transfers hold of people: who pays and who is paid, and agents.

Payers are companies and sole traders, found by their INN; everything of an application goes with its
payer. Agents are our own people.
"""

from typing import Any, Final

from tramita.kit.bounds import within
from tramita.kit.encryption.keys import NAME
from tramita.kit.finding import normalize_name
from tramita.kit.people.inventory import (
    ERASED,
    NAMES_A_FILE,
    OF_NO_CLIENT,
    Finder,
    Hash,
    Obligation,
    People,
    Root,
    Table,
    Values,
)
from tramita.transfers.settings import TransferSettings

_STAFF: Final = "somebody who works on applications, and no client"
_A_DAY: Final = "gone after a day, and with its chat"
_MILLIONS: Final = "what millions have alike"
_OF_ONEC: Final = "by what 1C knows it, which says nothing of anybody"

_OWN: Final = "application_id = ANY(:applications)"
_APPLICATIONS: Final = f"""
    SELECT a.id FROM applications AS a
    WHERE (a.id = $6::uuid OR $4::text = 'inn' AND a.payer_hash = $5::bytea)
      AND a.tenant = $1::text AND {within("a", 2)}
"""  # noqa: S608 - ours
_IDENTIFY: Final = f"""
    SELECT a.id, a.tenant, 'inn' AS kind, a.payer_hash AS hash
    FROM applications AS a WHERE a.id = $1 AND {within("a", 2)}
"""  # noqa: S608 - ours
# What is under way in one of their chats would lose its chat with them, whoever pays for it.
_OPEN: Final = """
    SELECT format('application %s is %s', id, state) AS what FROM applications
    WHERE (id = ANY(:applications) OR chat_id = ANY(:chats))
      AND state NOT IN ('completed', 'cancelled', 'rejected')
    ORDER BY id
"""
# Most applications that come to nothing never had a contract; what was said about them was said.
_CHATS: Final = """
    SELECT DISTINCT chat_id AS id FROM applications
    WHERE id = ANY(:applications) AND chat_id IS NOT NULL
"""
_COLLEAGUES: Final = """
    SELECT p.id FROM chat_people AS p JOIN chats AS c ON c.id = p.chat_id
    JOIN agents AS g ON g.tenant = c.tenant AND g.telegram_id = p.telegram_id
    WHERE p.chat_id = ANY(:chats)
"""
_ENDED: Final = """
    SELECT id, finished_at AS since FROM applications
    WHERE id = ANY(:applications) AND state = 'completed'
"""
_OVER: Final = (
    "SELECT id FROM applications WHERE id = ANY(:contracts) AND state IN ('completed', 'cancelled')"
)


def read_inn(fields: Any) -> str | None:
    """The INN of whoever pays, of an application's form."""
    inn: str | None = (fields or {}).get("payer", {}).get("inn")
    return inn or None


# Whoever was erased is found by their name no more, even where a law has it kept.
_UNERASED: Final = "CASE WHEN erased_at IS NULL THEN fields END"


def read_payer_name(fields: Any) -> str | None:
    """The name of whoever pays, of an application's form, as it is hashed."""
    return normalize_name((fields or {}).get("payer", {}).get("name") or "")


def _names_of(fields: Any) -> list[str | None]:
    """By what a message can name whoever pays or is paid."""
    payer, beneficiary = fields.get("payer", {}), fields.get("beneficiary", {})
    bank = fields.get("beneficiary_bank", {})
    return [
        *(payer.get(one) for one in ("name", "inn", "ogrn", "contact")),
        *(beneficiary.get(one) for one in ("name", "local_id", "lei")),
        *(bank.get(one) for one in ("account", "iban")),
        fields.get("payer_bank", {}).get("account"),
    ]


def _payer(fields: Any) -> Any:
    """Who paid whom, how much, and by what: what the law wants kept."""
    kept = ("payer", "beneficiary", "money", "basis", "purpose")
    return {name: fields[name] for name in kept if name in fields}


_TABLES: Final = (
    Table(
        name="application_revisions",
        rows=_OWN,
        key="application_id, revision",
        erased={"fields": "'{}'::jsonb"},
        kept={"actor": _STAFF},
        encrypted_json="fields",
        in_clear={"actor": OF_NO_CLIENT},
        plain="application_id revision changed source at",
    ),
    Table(
        name="application_documents",
        rows=_OWN,
        erased={"name": f"'{ERASED}'", "file": "NULL", "sha256": "''::bytea"},
        by_law={"name": "name", "file": "file", "sha256": "sha256"},
        is_kept="application_id = ANY(:kept)",
        kept={"actor": _STAFF, "number": "a number in 1C's books"},
        encrypted="name",
        in_clear={
            "file": NAMES_A_FILE,
            "sha256": "of a whole document, which nobody guesses",
            "actor": OF_NO_CLIENT,
            "number": OF_NO_CLIENT,
        },
        files="file",
        plain="id application_id kind date size media_type origin source_message message_no "
        "is_for_client send_id created_at",
    ),
    Table(
        name="document_jobs",
        rows=_OWN,
        erased={"params": "'{}'::jsonb", "note": "NULL", "reason": "NULL"},
        kept={"actor": _STAFF},
        encrypted="note reason",
        encrypted_json="params",
        in_clear={"actor": OF_NO_CLIENT},
        plain="id application_id kind state document_id created_at ended_at",
    ),
    Table(
        name="application_notes",
        rows=_OWN,
        erased={"text": f"'{ERASED}'"},
        kept={"actor": _STAFF},
        encrypted="text",
        in_clear={"actor": OF_NO_CLIENT},
        plain="id application_id created_at",
    ),
    Table(
        name="offers",
        rows=_OWN,
        erased={
            "account_details": "'{}'::jsonb",
            "conditions": f"'{ERASED}'",
            "why_not": "NULL",
        },
        kept={"operator": _STAFF},
        encrypted="conditions why_not",
        encrypted_json="account_details",
        in_clear={"operator": OF_NO_CLIENT},
        plain="id application_id agent_id revision state rate commission_percent commission_fixed "
        "payer_amount payer_currency payout_amount payout_currency valid_until message_no "
        "supersedes created_at decided_at",
    ),
    Table(
        name="office_standings",
        rows=_OWN,
        key="application_id",
        erased={"refusal": "NULL"},
        encrypted="refusal",
        plain="application_id provider refusal_code refused_kind refused_revision is_cancelled payment_told "
        "agent_due_at files_due_at lost_at looked_at doubted_at",
    ),
    Table(
        name="office_messages",
        rows=_OWN,
        erased={"body": "NULL", "file": "NULL", "answer": "NULL"},
        encrypted="body answer",
        in_clear={"file": NAMES_A_FILE},
        files="file",
        plain="id tenant direction message_no kind external_id application_id subject_id operation_id "
        "revision state digest status tries created_at handled_at fetched_at",
    ),
    Table(name="office_numbers", key="tenant", plain="tenant last"),
    Table(
        name="applications",
        rows="id = ANY(:applications)",
        is_last=True,
        erased={
            "fields": "'{}'::jsonb",
            "payer_hash": "NULL",
            "payer_name_hash": "NULL",
            "reason": "NULL",
        },
        by_law={"fields": "fields", "payer_hash": "payer_hash"},
        kept=dict.fromkeys(("onec_ref", "onec_number", "onec_link"), _OF_ONEC),
        encrypted="reason",
        encrypted_json="fields",
        reduced={"fields": _payer},
        hashes={
            "payer_hash": Hash("applications", "fields", "fields", read_inn),
            "payer_name_hash": Hash(
                "applications", "fields", _UNERASED, read_payer_name, kind=NAME
            ),
        },
        in_clear=dict.fromkeys(("onec_ref", "onec_number", "onec_link"), OF_NO_CLIENT),
        plain="id tenant carrier agent_id chat_id origin kind state payment_state version revision "
        "amount currency deadline created_at updated_at in_house_at read_only_at in_work_at "
        "finished_at payment_moved_at contract_id onec_date onec_status onec_revision erased_at",
    ),
    Table(
        name="webapp_sessions",
        key="id_hash",
        kept={"name": _A_DAY, "telegram_id": _A_DAY},
        encrypted="name",
        in_clear={"telegram_id": "a session is of whoever has it; a name to nobody else"},
        plain="id_hash chat_id language browser_hash signed_at created_at seen_at",
    ),
    Table(
        name="agents",
        kept=dict.fromkeys(("name", "telegram_id"), _STAFF),
        encrypted="name",
        in_clear={"telegram_id": "statements find one of our own people by it"},
        plain="id tenant role is_active created_at",
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    roots=[Root("applications", "applications", _APPLICATIONS)],
    groups=[
        Finder("contracts", "SELECT id FROM contracts WHERE id = ANY(:applications)"),
        Finder("applications", "SELECT id FROM applications WHERE id = ANY(:contracts)"),
        Finder("chats", _CHATS),
        Finder("colleagues", _COLLEAGUES),
        Finder("offers", "SELECT id FROM offers WHERE application_id = ANY(:applications)"),
        Finder("jobs", "SELECT id FROM document_jobs WHERE application_id = ANY(:applications)"),
        Finder("over", _OVER),
    ],
    open=[_OPEN],
    obligations=[
        Obligation(
            "115-ФЗ, ст. 7, п. 4: who paid whom",
            TransferSettings,
            "law_years",
            _ENDED,
        )
    ],
    keys=[
        "SELECT onec_ref AS key FROM applications WHERE id = ANY(:applications) "
        "AND onec_ref IS NOT NULL",
        "SELECT id::text AS key FROM applications WHERE id = ANY(:applications)",
    ],
    values=[
        Values(
            "applications",
            "SELECT fields FROM applications WHERE id = ANY(:applications) AND fields <> '{}'",
            _names_of,
        )
    ],
    identify=[_IDENTIFY],
)
