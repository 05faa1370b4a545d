"""What signatures' tables hold of people: who signs, and what they sign."""

from typing import Final

from tramita.kit.people.inventory import (
    ERASED,
    IS_SAID,
    NAMES_A_FILE,
    Finder,
    People,
    Table,
    Values,
)

_TABLES: Final = (
    Table(
        name="signing_procedures",
        rows="id = ANY(:procedures)",
        erased={
            "title": f"'{ERASED}'",
            "document_digest": "NULL",
            "organization_signatory": "NULL",
            "reason": "NULL",
            "signed_file": "NULL",
        },
        files="signed_file",
        by_law={"signed_file": "signed_file"},
        kept={"provider_reference": "the service's word for it, by which it is removed there"},
        encrypted="title document_digest organization_signatory",
        in_clear={
            "reason": IS_SAID,
            "signed_file": NAMES_A_FILE,
            "provider_reference": "of no use to anybody who cannot ask the service",
        },
        plain="id contract_id organization_id provider document_id state created_at submitted_for_signature_on "
        "student_signed_on organization_signed_on expires_at known_at lost_since asked_at version "
        "sent_version",
    ),
    Table(
        name="signatories",
        rows="procedure_id = ANY(:procedures)",
        erased={"name": f"'{ERASED}'", "email": f"'{ERASED}'"},
        encrypted="name email",
        plain="id procedure_id party position language",
    ),
    Table(
        name="documents",
        rows="id IN (SELECT document_id FROM signing_procedures WHERE id = ANY(:procedures))",
        erased={
            "title": f"'{ERASED}'",
            "text": f"'{ERASED}'",
            "file": "NULL",
        },
        files="file",
        encrypted="title text",
        in_clear={"file": NAMES_A_FILE},
        plain="id language created_at",
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[
        Finder(
            "procedures", "SELECT id FROM signing_procedures WHERE contract_id = ANY(:contracts)"
        )
    ],
    open=[
        "SELECT format('contract %s is being signed (%s)', contract_id, state) AS what "
        "FROM signing_procedures WHERE id = ANY(:procedures) "
        "AND state IN ('prepared', 'submitting', 'signing', 'half_signed') ORDER BY id"
    ],
    # What both have signed proves a service that ran.
    owners=["SELECT id FROM signing_procedures WHERE contract_id = ANY(:kept)"],
    keys=[
        "SELECT provider_reference AS key FROM signing_procedures "
        "WHERE id = ANY(:procedures) AND provider_reference IS NOT NULL"
    ],
    values=[
        Values(
            "signatories",
            f"SELECT nullif(name, '{ERASED}') AS name, nullif(email, '{ERASED}') AS email "  # noqa: S608 - ours
            "FROM signatories "
            "WHERE procedure_id = ANY(:procedures) AND party = 'student'",
        )
    ],
)
