"""Hearing once more, by a person's hand, what was refused when it came."""

from dataclasses import replace
from uuid import UUID

import msgspec

from tramita.kit.errors import ConflictError
from tramita.kit.runtime import Runtime
from tramita.transfers.notices.taking import (
    CONDITIONS,
    CORRECTIONS,
    STATUS,
    tell_conditions,
    tell_corrections,
    tell_document,
    tell_status,
)
from tramita.transfers.office.messages import BODY
from tramita.transfers.office.queries import OfficeMessageNotFound
from tramita.transfers.ports import DocumentTold


class NothingToReplay(ConflictError):
    """This message was heard already, or there is nothing left of it."""


async def replay(runtime: Runtime, message_id: UUID) -> None:
    """As if it came now, under its number.

    Raises ``OfficeMessageNotFound``, ``NothingToReplay`` and whatever it is refused by once more.
    """
    rows = await runtime.database.fetch(
        "SELECT m.tenant, t.back_office, m.kind, m.external_id, m.state, m.body, m.file "
        "FROM office_messages AS m JOIN tenants AS t ON t.key = m.tenant "
        "WHERE m.id = $1 AND m.direction = 'in'",
        message_id,
    )
    if not rows:
        raise OfficeMessageNotFound(id=message_id)
    row = rows[0]
    if row["state"] != "rejected" or not row["body"]:
        raise NothingToReplay
    body = runtime.database.keys.decrypt_bytes(row["body"], BODY)
    whose = (runtime, row["tenant"], row["back_office"], row["external_id"])
    if row["kind"] == CONDITIONS:
        await tell_conditions(*whose, body)
    elif row["kind"] == CORRECTIONS:
        await tell_corrections(*whose, body)
    elif row["kind"] == STATUS:
        await tell_status(*whose, body)
    else:
        if row["file"] is None:
            raise NothingToReplay
        told = msgspec.json.decode(body, type=DocumentTold)
        content = await runtime.files.get(row["file"])
        await tell_document(*whose, replace(told, content=content))
