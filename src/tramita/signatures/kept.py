"""How long it is kept what was to be signed and was not."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept
from tramita.signatures.settings import SignatureSettings

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="contracts not signed",
        table="signing_procedures",
        what="texts that no student came to sign, with their files and who was to sign them",
        stays="that it was submitted, when, and how it ended",
        age="created_at",
        settings=SignatureSettings,
        days="keep_unsigned_days",
        among="t.state IN ('refused', 'expired', 'aborted', 'failed') "
        "AND t.student_signed_on IS NULL AND t.title <> ''",
        empties="title = ''",
        also=[
            "UPDATE signatories SET name = '', email = '' "
            "WHERE procedure_id IN (SELECT id FROM gone)",
            # It may have been submitted again.
            "UPDATE documents SET title = '', text = '', file = NULL "
            "WHERE id IN (SELECT document_id FROM gone) AND NOT EXISTS ("
            "SELECT FROM signing_procedures AS p WHERE p.document_id = documents.id "
            "AND p.title <> '' AND p.id NOT IN (SELECT id FROM gone))",
        ],
    ),
)
