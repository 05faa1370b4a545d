"""Contracts that count as signed, without a signing service: their rows alone."""

from typing import Any
from uuid import UUID

from tests.orders.campus import Campus
from tramita.kit.identifiers import new_id

_PROCEDURE = """
    WITH document AS (
        INSERT INTO documents (id, title, text, language, created_at)
        VALUES ($2, 't', 'x', 'en', now()) RETURNING id
    )
    INSERT INTO signing_procedures (
        id, contract_id, provider, provider_reference, title, document_id, state, created_at,
        submitted_for_signature_on, student_signed_on, organization_signed_on, expires_at, known_at,
        signed_file, version, sent_version)
    SELECT $2, $1::uuid, 'lexpersona', $2::uuid::text, 't', document.id,
           CASE WHEN $3 THEN 'signed' ELSE 'half_signed' END, now(), now(), now(),
           CASE WHEN $3 THEN now() END, now() + interval '99 days', now(), $4, 1, 1
    FROM document
"""


async def sign(campus: Campus, order: dict[str, Any], content: bytes | None) -> None:
    """Have an order's learner have signed and, where there is a file of it, the organization too."""
    runtime = campus.site.runtime
    file = (await runtime.files.put(content)).digest if content is not None else None
    id_ = UUID(order["id"])
    await runtime.database.fetch(_PROCEDURE, id_, new_id(), content is not None, file)
    await runtime.database.fetch(
        "UPDATE orders SET state = 'to_save_payment_method' WHERE id = $1", id_
    )
