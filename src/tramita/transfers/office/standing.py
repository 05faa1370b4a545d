"""How applications stand in a back office: told by their acts, and by what it has said of them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.operations.lifecycle import OperationState
from tramita.transfers.acts import SEND, UPDATE
from tramita.transfers.office.messages import BESIDES
from tramita.transfers.ports import OfficeRefusal

REFUSAL: Final = encrypted("office_standings.refusal")


class OnecState(StrEnum):
    """``QUEUED``, ``SENDING``, ``UNKNOWN``: it is on its way; ``ACKED``: the newest form is there.

    ``FAILED_RETRY``: nothing happened there, and it is tried again by itself. ``FAILED_MANUAL``: it was
    refused, or a person has to look. ``CONFLICT``: the office has gone on with an older form.
    ``LOST_IN_1C``: it was there, and is not any more.
    """

    NONE = "none"
    QUEUED = "queued"
    SENDING = "sending"
    ACKED = "acked"
    UNKNOWN = "unknown"
    FAILED_RETRY = "failed_retry"
    FAILED_MANUAL = "failed_manual"
    CONFLICT = "conflict"
    LOST_IN_1C = "lost_in_1c"


_OF_ACTS: Final[Mapping[OperationState, OnecState]] = {
    OperationState.PREPARED: OnecState.QUEUED,
    OperationState.PENDING: OnecState.QUEUED,
    OperationState.SENT: OnecState.SENDING,
    OperationState.UNKNOWN: OnecState.UNKNOWN,
    OperationState.NOT_SENT: OnecState.FAILED_RETRY,
    OperationState.NEEDS_ATTENTION: OnecState.FAILED_MANUAL,
}


class Standing:
    """How one application stands; ``refusal`` is the office's own text, for agents.

    ``refused``: which of our messages it is of, as ``messages.KINDS`` calls them; ``None``: of the form.
    """

    __slots__ = ("refusal", "refused", "state")

    def __init__(self, state: OnecState, refusal: str | None, refused: str | None) -> None:
        self.state, self.refusal, self.refused = state, refusal, refused


async def standings(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """How applications stand, by their ids."""
    rows = await work.fetch(
        """
        SELECT a.id, a.onec_ref IS NOT NULL AS is_there, s.refusal_code, s.refusal,
               -- A process of the release before writes the revision of a form, and no kind.
               CASE WHEN s.refused_revision IS NULL THEN s.refused_kind END AS refused_kind,
               s.lost_at IS NOT NULL AS is_lost, o.state
        FROM applications AS a LEFT JOIN office_standings AS s ON s.application_id = a.id
        LEFT JOIN LATERAL (
            SELECT state FROM operations WHERE subject_id = a.id AND kind = ANY($2::text[])
            ORDER BY id DESC LIMIT 1
        ) AS o ON true
        WHERE a.id = ANY($1::uuid[])
        """,
        list(ids),
        [SEND.name, UPDATE.name],
    )
    decrypt = work.keys.decrypt
    return {
        row["id"]: Standing(
            _state(
                row["state"],
                None if row["refused_kind"] in BESIDES else row["refusal_code"],
                is_there=row["is_there"],
                is_lost=row["is_lost"],
            ),
            decrypt(row["refusal"], REFUSAL) if row["refusal"] else None,
            row["refused_kind"],
        )
        for row in rows
    }


def _state(act: str | None, refusal: str | None, *, is_there: bool, is_lost: bool) -> OnecState:
    if is_lost:
        return OnecState.LOST_IN_1C
    under_way = _OF_ACTS.get(OperationState(act)) if act else None
    if under_way is not None:
        return under_way
    if refusal is not None:
        is_stale = refusal == OfficeRefusal.REVISION_STALE
        return OnecState.CONFLICT if is_stale else OnecState.FAILED_MANUAL
    return OnecState.ACKED if is_there else OnecState.NONE
