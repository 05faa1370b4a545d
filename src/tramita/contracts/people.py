"""What the core's tables hold of people: customers, and what is said of their contracts."""

from typing import Final

from tramita.contracts.model import DocumentKind
from tramita.contracts.rules import is_document, normalize_document
from tramita.contracts.settings import ContractSettings
from tramita.kit.accounts.model import normalize_email
from tramita.kit.bounds import within
from tramita.kit.encryption.keys import EMAIL, NAME, PHONE
from tramita.kit.finding import normalize_name, normalize_phone
from tramita.kit.people.inventory import (
    ERASED,
    OF_NO_CLIENT,
    Document,
    Finder,
    Hash,
    Obligation,
    People,
    Root,
    Table,
    Values,
)

_CUSTOMERS: Final = f"""
    SELECT c.id FROM customers AS c
    WHERE (c.id = $6::uuid OR c.document_kind = $4::text AND c.document_hash = $5::bytea)
      AND c.tenant = $1::text AND {within("c", 2)}
"""  # noqa: S608 - ours
_IDENTIFY: Final = f"""
    SELECT c.id, c.tenant, c.document_kind AS kind, c.document_hash AS hash
    FROM customers AS c WHERE c.id = $1 AND {within("c", 2)}
"""  # noqa: S608 - ours
# A service that ran, and a claim about it.
_RAN: Final = """
    SELECT id, coalesce(cancelled_at, activated_at) AS since FROM contracts
    WHERE id = ANY(:contracts) AND envelope_token IS NULL AND activated_at IS NOT NULL
"""
_IDS: Final = "ids, states, figures and numbers of the stock, by which statements find contracts"
_CATALOG: Final = "what is sold, by whomever"
# Whoever was erased is found by it no more, even where a law has it kept.
_NAME: Final = "CASE WHEN erased_at IS NULL THEN name END"


_TABLES: Final = (
    Table(
        name="contracts",
        rows="id = ANY(:contracts)",
        erased={
            # In an envelope it is the contract's number.
            "name": f"CASE WHEN envelope_token IS NULL THEN '{ERASED}' ELSE name END",
            "external_references": "'{}'::jsonb",
            # How far it came, and by what its fulfiller knows it.
            "backend_record": "jsonb_strip_nulls(jsonb_build_object("
            "'status', backend_record -> 'status', 'subscriber_id', backend_record -> 'subscriber_id', "
            "'final_balance', backend_record -> 'final_balance'))",
        },
        kept={"created_by": "names a system, and no client"},
        in_clear={
            "name": "the console finds contracts by any part of it",
            "external_references": _IDS,
            "backend_record": _IDS,
            "created_by": OF_NO_CLIENT,
        },
        plain="id customer_id product_id package_id backend state active activated created_at "
        "activated_at suspended_at cancelled_at envelope_token version tenant carrier all_carriers",
    ),
    Table(
        name="contract_standings",
        plain="contract_id tenant backend stage provider product begun_at since is_followed place",
    ),
    Table(
        name="contract_events",
        rows="contract_id = ANY(:contracts)",
        erased={"cause": "NULL", "details": "'{}'::jsonb"},
        encrypted="cause",
        encrypted_json="details",
        kept={"actor": "names a system or an operator, and no client"},
        in_clear={"actor": OF_NO_CLIENT},
        plain="id contract_id event handled_by at",
    ),
    Table(
        name="customers",
        rows="id = ANY(:customers)",
        is_last=True,
        erased={
            "name": f"'{ERASED}'",
            "name_hash": "NULL",
            "document_kind": "NULL",
            "document": "NULL",
            "document_hash": "NULL",
            "email": "NULL",
            "email_hash": "NULL",
            "phone": "NULL",
            "phone_hash": "NULL",
            "locale": "NULL",
            "address": "NULL",
        },
        by_law={one: one for one in ("name", "document_kind", "document", "document_hash")},
        encrypted="name document email phone",
        encrypted_json="address",
        hashes={
            "name_hash": Hash("customers", "name", _NAME, normalize_name, kind=NAME),
            "document_hash": Hash("customers", "document", "document"),
            "email_hash": Hash(
                "customers", "email", "nullif(email, '')", normalize_email, kind=EMAIL
            ),
            "phone_hash": Hash(
                "customers", "phone", "nullif(phone, '')", normalize_phone, kind=PHONE
            ),
        },
        in_clear=dict.fromkeys(("document_kind", "locale"), "what millions have alike"),
        plain="id created_at erased_at tenant carrier",
    ),
    Table(
        name="products",
        kept={"name": _CATALOG},
        in_clear={"name": OF_NO_CLIENT},
        plain="id code payment_backend active created_at",
    ),
    Table(
        name="packages",
        kept={"name": _CATALOG},
        in_clear={"name": OF_NO_CLIENT},
        plain="id code product_id price currency terms created_at",
    ),
)


def read_document(text: str) -> Document | None:
    """The document that a text is, with or without punctuation, if it can be one."""
    number = normalize_document(text)
    found = (kind for kind in DocumentKind if is_document(kind.value, number))
    return next((Document(kind.value, number) for kind in found), None)


PEOPLE: Final = People(
    tables=_TABLES,
    roots=[Root("customers", "customers", _CUSTOMERS)],
    groups=[Finder("contracts", "SELECT id FROM contracts WHERE customer_id = ANY(:customers)")],
    open=[
        "SELECT format('contract %s (%s) is %s', id, backend, state) AS what FROM contracts "
        "WHERE id = ANY(:contracts) AND active AND envelope_token IS NULL AND id <> ALL(:over) "
        "ORDER BY id"
    ],
    obligations=[
        Obligation(
            "Lei 8.078/1990, art. 27: claims about a service that ran",
            ContractSettings,
            "law_years",
            _RAN,
        )
    ],
    owners=[
        "SELECT customer_id AS id FROM contracts WHERE id = ANY(:kept) AND customer_id IS NOT NULL"
    ],
    values=[
        Values(
            "customers",
            "SELECT name, document, email, phone FROM customers "  # noqa: S608 - ours
            f"WHERE id = ANY(:customers) AND name <> '{ERASED}'",
        )
    ],
    identify=[_IDENTIFY],
    read_document=read_document,
)
