"""Operations begun by a caller that acts at once (``Desk.begin``) and has gone meanwhile."""

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger

R = TypeVar("R")
D = TypeVar("D")


def ask_in(task: Task[R], decision: D, why: str, pause: timedelta) -> Result[R, D]:
    """Nobody knows; the provider is asked after a pause."""
    return Result(task, decision, OperationTrigger.UNKNOWN, reason=why, retry_in=pause)


async def ask_about_lost(
    desk: Desk[R, D], operation_id: UUID, decision: D, *, pause: timedelta
) -> None:
    """Whoever acted has gone without recording an answer: have the provider asked for it."""
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    why = "It was sent, and the process ended before the answer."
    await desk.hand_in(ask_in(task, decision, why, pause))
