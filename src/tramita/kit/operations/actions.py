"""What a person may do about an operation that needs attention.

*Ask again* has the provider asked what happened. *Send again* repeats the act, and is
allowed only when the provider has said that nothing is there. *Mark refused* settles it
by a person's word. Each is a move of the life cycle, so each stands in the history with
who did it and why.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from tramita.kit.bounds import within
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.languages.filled import Filled
from tramita.kit.masking import mask_text
from tramita.kit.operations import doubts, ledger
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.kit.operations.queries import OperationNotFound


class Process(Protocol):
    """What deciding needs of the process it happens in: its database, and every kind."""

    @property
    def database(self) -> Database: ...
    @property
    def kinds(self) -> Mapping[str, OperationKind[Any, Any]]: ...


class OperationAction(StrEnum):
    """What a person may do."""

    ASK_AGAIN = "ask_again"
    SEND_AGAIN = "send_again"
    MARK_REFUSED = "mark_refused"


class ActionNotAllowed(ConflictError):
    """This cannot be done now: {why}."""


_NOT_PARKED: Final = "only an operation that needs attention can be acted on"
_MAY_EXIST: Final = (
    "the provider has not said that nothing was created, so sending again could do it twice; "
    "ask again first"
)
_EXISTS: Final = "the provider holds {reference} for it, so sending again would do it twice"
_BY_WORD: Final = "Somebody has ended it on their own word."
_ASKS_ITSELF: Final = "asking again does both, because each further attempt begins by asking"


async def allowed_actions(
    work: UnitOfWork, operation_id: UUID
) -> Mapping[OperationAction, str | None]:
    """Each action, and ``None`` when it is allowed or the sentence why not.

    Raises ``OperationNotFound``.
    """
    return _allowed(await _find(work, operation_id))


async def act(
    process: Process, operation_id: UUID, action: OperationAction, *, note: str, actor: str
) -> None:
    """Do it, as ``actor`` for the reason ``note``; raises as ``acting`` does."""
    async with acting(process, operation_id, action, note=note, actor=actor):
        pass


@asynccontextmanager
async def acting(
    process: Process, operation_id: UUID, action: OperationAction, *, note: str, actor: str
) -> AsyncIterator[UnitOfWork]:
    """Do it, as ``actor`` for the reason ``note``; many read that, so it is masked.

    It stands in the operation's history alone; what follows is told that somebody said so. Yields the unit of work that has done it. Raises ``OperationNotFound`` and
    ``ActionNotAllowed``; then nothing has changed.
    """
    note = mask_text(note)
    async with process.database.unit_of_work(actor=actor, note=note) as work:
        row = await _find(work, operation_id, lock=True)
        why_not = _allowed(row)[action]
        if why_not is not None:
            raise ActionNotAllowed(why=why_not)
        match action:
            case OperationAction.ASK_AGAIN:
                await doubts.ask_now(work, [operation_id])
            case OperationAction.SEND_AGAIN:
                await doubts.send_now(work, [operation_id])
            case OperationAction.MARK_REFUSED:
                word = OperationTrigger.MARK_REFUSED
                await ledger.close(work, [operation_id], word, cause=_BY_WORD)
                kind = process.kinds.get(row["kind"])
                if kind is not None and kind.refuse is not None:
                    await kind.refuse(work, [row["subject_id"]], _BY_WORD)
        yield work


async def _find(work: UnitOfWork, operation_id: UUID, *, lock: bool = False) -> asyncpg.Record:
    query = (
        "SELECT kind, state, subject_id, ask_job, reference, nothing_since "  # noqa: S608 - a constant
        f"FROM operations AS o WHERE id = $1 AND {within('o', 2)}"
    )
    rows = await work.fetch(
        f"{query} FOR UPDATE" if lock else query, operation_id, *work.bounds.limits
    )
    if not rows:
        raise OperationNotFound(id=operation_id)
    return rows[0]


def _allowed(row: asyncpg.Record) -> dict[OperationAction, str | None]:
    if row["state"] != OperationState.NEEDS_ATTENTION:
        return dict.fromkeys(OperationAction, _NOT_PARKED)
    if row["ask_job"] is None:
        may_send: str | None = _ASKS_ITSELF
    elif row["reference"] is not None:
        may_send = Filled.of(_EXISTS, reference=row["reference"])
    else:
        may_send = None if row["nothing_since"] is not None else _MAY_EXIST
    return {
        OperationAction.ASK_AGAIN: None,
        OperationAction.SEND_AGAIN: may_send,
        OperationAction.MARK_REFUSED: None,
    }
