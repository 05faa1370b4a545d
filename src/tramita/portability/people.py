"""What portability's tables hold of people: an envelope is about one, with everything of theirs.

What was paid is a loan: who took it, and on which terms, is kept as long as the law wants.
"""

from typing import Any, Final

from tramita.kit.accounts.model import normalize_email
from tramita.kit.bounds import within
from tramita.kit.encryption.keys import EMAIL, NAME, PHONE
from tramita.kit.finding import BRAZIL, normalize_name, normalize_phone
from tramita.kit.people.inventory import (
    ERASED,
    IS_SAID,
    Finder,
    Hash,
    Obligation,
    People,
    Root,
    Table,
    Values,
)
from tramita.portability.settings import PortabilitySettings

_LINK: Final = "a page of the lender's, which ends"
_ENVELOPES: Final = f"""
    SELECT e.id FROM envelopes AS e
    WHERE (e.id = $6::uuid OR $4::text = 'cpf' AND e.cpf_hash = $5::bytea)
      AND e.tenant = $1::text AND {within("e", 2)}
"""  # noqa: S608 - ours
_IDENTIFY: Final = f"""
    SELECT e.id, e.tenant, 'cpf' AS kind, e.cpf_hash AS hash
    FROM envelopes AS e WHERE $1 IN (e.id, e.token) AND {within("e", 2)}
"""  # noqa: S608 - ours
_PAID: Final = """
    SELECT c.id, k.activated_at AS since
    FROM envelope_contracts AS c JOIN contracts AS k ON k.id = c.id
    WHERE c.id = ANY(:contracts) AND k.activated_at IS NOT NULL
"""
_OPEN: Final = """
    SELECT format('contract %s is %s', number, coalesce(portability_status, contract_status)) AS what
    FROM envelope_contracts
    WHERE envelope_id = ANY(:envelopes) AND contract_status NOT IN ('PAGO', 'CANCELADO')
    ORDER BY id
"""
_KEYS: Final = """
    SELECT unnest(ARRAY[proposal_key, credit_operation_key, refinancing_key, proposal_number,
                        ccb_document_key, portability_number, number_at_provider]) AS key
    FROM envelope_contracts WHERE id = ANY(:contracts)
    UNION SELECT proposal_key FROM unwanted_proposals WHERE contract_id = ANY(:contracts)
    UNION SELECT group_key FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT token::text FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT replace(token::text, '-', '') FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT provider_key FROM envelope_documents WHERE envelope_id = ANY(:envelopes)
"""


def _names_of(customer: dict[str, Any]) -> list[str | None]:
    """By what a message can name the client; of whoever was erased there is little or nothing."""
    borrower = customer.get("borrower", {})
    phone = borrower.get("phone", {})
    number = phone.get("number")
    return [
        *(borrower.get(name) for name in ("name", "cpf", "email", "mother_name")),
        number,
        number and f"{phone.get('area_code', '')}{number}",
        borrower.get("identification", {}).get("number"),
        customer.get("benefit", {}).get("number"),
    ]


def _borrower(customer: dict[str, Any]) -> dict[str, Any]:
    """Who took a loan, and nothing else of them."""
    borrower = customer.get("borrower", {})
    return {"borrower": {name: borrower.get(name) for name in ("name", "cpf")}}


def _hash_of(customer: str) -> Hash:
    return Hash(
        "envelopes", "customer", customer, lambda found: _borrower(found)["borrower"]["cpf"]
    )


# Whoever was erased is found by their name no more, even where a law has it kept.
_UNERASED: Final = "CASE WHEN erased_at IS NULL THEN customer END"


def _name_of(customer: dict[str, Any]) -> str | None:
    return normalize_name(customer.get("borrower", {}).get("name") or "")


def _email_of(customer: dict[str, Any]) -> str | None:
    email = customer.get("borrower", {}).get("email")
    return normalize_email(email) if email else None


def _phone_of(customer: dict[str, Any]) -> str | None:
    phone = customer.get("borrower", {}).get("phone", {})
    number = phone.get("number")
    return normalize_phone(f"{BRAZIL}{phone.get('area_code', '')}{number}") if number else None


_TABLES: Final = (
    Table(
        name="envelope_documents",
        rows="envelope_id = ANY(:envelopes)",
        erased={"content": "''::bytea", "sha256": "''"},
        encrypted="content",
        in_clear={"sha256": "of a picture, which nobody guesses"},
        # A picture may have two megabytes.
        at_once=10,
        plain="id envelope_id kind media_type width height size created_at upload_id provider_key "
        "replaced_at provider",
    ),
    Table(
        name="proposal_events",
        rows="contract_id = ANY(:contracts)",
        # What came when is what later messages are judged by; the words are not.
        erased={
            "details": "CASE WHEN details #> '{stop,text}' IS NULL THEN details "
            "ELSE jsonb_set(details, '{stop,text}', '\"\"') END"
        },
        in_clear={"details": IS_SAID},
        plain="id proposal_key contract_id source said stage happened_at received_at effect provider",
    ),
    Table(
        name="unwanted_proposals",
        rows="contract_id = ANY(:contracts)",
        erased={"reason": f"'{ERASED}'"},
        in_clear={"reason": IS_SAID},
        plain="proposal_key contract_id wanted_gone_at operation_id id provider",
    ),
    Table(
        name="envelope_contracts",
        rows="id = ANY(:contracts)",
        erased={
            "cpf_hash": "NULL",
            "origin": "CASE WHEN origin IS NULL THEN NULL "
            "ELSE jsonb_set(origin, '{contract_number}', '\"\"') END",
            "signature_url": "NULL",
            "reasons": "'[]'::jsonb",
            "margin_errors": "'[]'::jsonb",
        },
        by_law={"cpf_hash": "cpf_hash", "origin": "origin"},
        hashes={"cpf_hash": _hash_of("(SELECT customer FROM envelopes WHERE id = envelope_id)")},
        in_clear={
            "origin": "rivals for one loan are found by its number there",
            "signature_url": _LINK,
            "reasons": IS_SAID,
            "margin_errors": IS_SAID,
        },
        # ``conflict`` names states alone.
        plain="id envelope_id position number product contract_status portability_status terms "
        "refinancing insertion_id is_proposal_being_inserted proposal_key credit_operation_key "
        "proposal_number ccb_document_key financial stage stage_said stage_at poll_at "
        "portability_number final_balance balance_due_on consent_status consent_expires_on "
        "refinancing_key refinancing_status margin_registered_at signer_progress number_space "
        "number_at_provider provider decides_by conflict",
    ),
    Table(name="envelope_announcements", plain="envelope_id run at"),
    Table(
        name="envelopes",
        rows="id = ANY(:envelopes)",
        is_last=True,
        erased={
            "customer": "'{}'::jsonb",
            "cpf_hash": "NULL",
            "name_hash": "NULL",
            "email_hash": "NULL",
            "phone_hash": "NULL",
            "group_url": "NULL",
        },
        by_law={"customer": "customer", "cpf_hash": "cpf_hash"},
        encrypted_json="customer",
        reduced={"customer": _borrower},
        in_clear={"group_url": _LINK},
        hashes={
            "cpf_hash": _hash_of("customer"),
            "name_hash": Hash("envelopes", "customer", _UNERASED, _name_of, kind=NAME),
            "email_hash": Hash("envelopes", "customer", "customer", _email_of, kind=EMAIL),
            "phone_hash": Hash("envelopes", "customer", "customer", _phone_of, kind=PHONE),
        },
        plain="id token state created_at expires_at run run_total run_left version reminders remind_at "
        "warned_at group_key erased_at tenant carrier",
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    roots=[Root("envelopes", "envelopes", _ENVELOPES)],
    groups=[
        Finder(
            "contracts", "SELECT id FROM envelope_contracts WHERE envelope_id = ANY(:envelopes)"
        ),
        Finder("pictures", "SELECT id FROM envelope_documents WHERE envelope_id = ANY(:envelopes)"),
        Finder(
            "proposals", "SELECT id FROM unwanted_proposals WHERE contract_id = ANY(:contracts)"
        ),
    ],
    open=[_OPEN],
    obligations=[
        Obligation(
            "Lei 9.613/1998, art. 10, and Circular BCB 3.978/2020, art. 67: who took a loan",
            PortabilitySettings,
            "law_years",
            _PAID,
        )
    ],
    owners=["SELECT envelope_id AS id FROM envelope_contracts WHERE id = ANY(:kept)"],
    keys=[_KEYS],
    values=[
        Values("envelopes", "SELECT customer FROM envelopes WHERE id = ANY(:envelopes)", _names_of)
    ],
    identify=[_IDENTIFY],
)
