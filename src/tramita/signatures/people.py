"""What signatures' tables hold of people: who signs, and what they sign."""

from typing import Final

from tramita.kit.people.inventory import ERASED, Finder, People, Table, Values

_TABLES: Final = (
    Table(
        name="signing_procedures",
        rows="id = ANY(:procedures)",
        erased={
            "title": f"'{ERASED}'",
            "organization_signatory": "NULL",
            "reason": "NULL",
            "signed_file": "NULL",  # ``forget_files`` deletes it then.
        },
        by_law={"signed_file": "signed_file"},
        kept={"provider_reference": "the service's word for it, by which it is removed there"},
        plain="id contract_id provider document_id document_digest state created_at submitted_for_signature_on "
        "student_signed_on organization_signed_on expires_at known_at lost_since asked_at version "
        "sent_version",
    ),
    Table(
        name="signatories",
        rows="procedure_id = ANY(:procedures)",
        erased={"name": f"'{ERASED}'", "email": f"'{ERASED}'"},
        plain="id procedure_id party position language",
    ),
    Table(
        name="documents",
        rows="id IN (SELECT document_id FROM signing_procedures WHERE id = ANY(:procedures))",
        erased={
            "digest": "id::text",  # Nothing that is written later is taken for it.
            "title": f"'{ERASED}'",
            "text": f"'{ERASED}'",
            "file": "NULL",  # As above.
        },
        plain="id language created_at",
    ),
    Table(name="dropped_files", plain="digest dropped_at"),
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
    keys=[
        "SELECT provider_reference AS key FROM signing_procedures "
        "WHERE id = ANY(:procedures) AND provider_reference IS NOT NULL"
    ],
    values=[
        Values(
            "signatories",
            f"SELECT nullif(name, '{ERASED}'), nullif(email, '{ERASED}') FROM signatories "  # noqa: S608 - ours
            "WHERE procedure_id = ANY(:procedures) AND party = 'student'",
        )
    ],
)
