"""What is shown of the exchange with back offices: messages, what is missing, what is lost there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.masking import mask_body
from tramita.transfers.lifecycle import GIVEN_UP
from tramita.transfers.office.messages import ANSWER, BODY

_SHOWN: Final = 20


class OfficeMessageNotFound(NotFoundError):
    """There is no message {id} of a back office."""


class OfficeMessage(Struct):
    """One numbered message; ``body`` and ``answer`` are masked, and of one of ours not kept."""

    id: UUID
    tenant: str
    direction: str
    message_no: int
    kind: str
    external_id: str
    application_id: UUID | None
    operation_id: UUID | None
    state: str
    tries: int
    created_at: datetime
    handled_at: datetime | None
    answer: str | None = None


class Gap(Struct):
    """Numbers of messages from an office that never came."""

    tenant: str
    first: int
    last: int


class Lost(Struct):
    """An application that its office has no more, or has taken away."""

    application_id: UUID
    provider: str
    onec_number: str | None
    lost_at: datetime


_COLUMNS: Final = (
    "id, tenant, direction, message_no, kind, external_id, application_id, operation_id, state, tries, "
    "created_at, handled_at, answer"
)
# A number that is missing for longer than so many messages was missed long ago.
_LOOKED_AT: Final = 1000
_GAPS: Final = f"""
    SELECT t.key AS tenant, g.message_no + 1 AS first, g.next - 1 AS last
    FROM tenants AS t CROSS JOIN LATERAL (
        SELECT message_no, lead(message_no) OVER (ORDER BY message_no) AS next FROM (
            SELECT message_no FROM office_messages
            WHERE tenant = t.key AND direction = 'in'
            ORDER BY message_no DESC LIMIT {_LOOKED_AT:d}) AS latest) AS g
    WHERE g.next > g.message_no + 1 ORDER BY tenant, first DESC LIMIT $1
"""  # noqa: S608 - ours


_LOST: Final = f"""
    SELECT s.application_id, s.provider, a.onec_number, s.lost_at FROM office_standings AS s
    JOIN applications AS a ON a.id = s.application_id
    WHERE s.lost_at IS NOT NULL AND NOT {one_of("a.state", GIVEN_UP)}
    ORDER BY s.lost_at DESC LIMIT $1
"""  # noqa: S608 - ours


async def list_messages(
    work: UnitOfWork, *, state: str | None, before: UUID | None, limit: int
) -> list[OfficeMessage]:
    """The newest messages both ways, those in one state or all."""
    where, values = only_given({"state": state}, {"id <": before})
    found = await work.read(
        OfficeMessage,
        f"SELECT {_COLUMNS} FROM office_messages "  # noqa: S608 - ours
        f"WHERE {where} ORDER BY id DESC LIMIT {limit:d}",
        *values,
    )
    for one in found:
        one.answer = _masked(work.keys.decrypt(one.answer, ANSWER)) if one.answer else None
    return found


async def list_gaps(work: UnitOfWork) -> Sequence[Gap]:
    """Numbers that are missing between those that came lately."""
    return await work.read(Gap, _GAPS, _SHOWN)


async def list_lost(work: UnitOfWork) -> Sequence[Lost]:
    """What a person has to have sent again, the newest first."""
    return await work.read(Lost, _LOST, _SHOWN)


async def body_of(work: UnitOfWork, message_id: UUID) -> str:
    """A message of an office as it came, masked; raises ``OfficeMessageNotFound``."""
    rows = await work.fetch("SELECT body FROM office_messages WHERE id = $1", message_id)
    if not rows:
        raise OfficeMessageNotFound(id=message_id)
    return mask_body(work.keys.decrypt_bytes(rows[0]["body"] or b"", BODY))


def _masked(answer: str) -> str:
    said = msgspec.json.decode(answer)
    return mask_body(msgspec.json.encode(said))
