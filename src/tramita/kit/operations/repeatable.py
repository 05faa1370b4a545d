"""How an act settles that comes back to its own job until there is a clear answer.

It may be repeated although nobody knows whether it was done: because its provider knows its
key, because the second time harms nobody (giving back what was given back already, handing
over a copy that stays unused), or because its job asks first (``follow_up``).
"""

from datetime import timedelta
from typing import Final, TypeVar, assert_never

from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

R = TypeVar("R")
T = TypeVar("T")

_AFTER_UNKNOWN: Final = timedelta(seconds=2)


def settled(
    task: Task[R], outcome: Outcome[T], *, refused: OperationTrigger
) -> Result[R, T | None]:
    """Done with what was answered, ``refused``, or again after a pause that grows to a minute.

    ``NOT_SENT`` is for what never can have happened. Where this attempt or an earlier one may
    have been done, it is ``UNKNOWN`` and stays so until the provider gives a clear answer.
    """
    match outcome:
        case Done(value):
            reference = None if value is None else str(value)
            return Result(task, value, OperationTrigger.DONE, reference=reference)
        case Refused(code, reason):
            return Result(task, None, refused, reason=f"{code}: {reason}")
        case NotSent(reason, retry_in) if not task.operation.is_in_doubt:
            return _again(task, OperationTrigger.NOT_SENT, reason, retry_in)
        case NotSent(reason, retry_in):
            return _again(task, OperationTrigger.UNKNOWN, reason, retry_in)
        case Unknown(reason):
            return _again(task, OperationTrigger.UNKNOWN, reason, _AFTER_UNKNOWN)
        case Pending(reference, ask_again_in):
            why = f"accepted as {reference}, without an answer"
            return _again(task, OperationTrigger.UNKNOWN, why, ask_again_in)
        case _:
            assert_never(outcome)


def _again(
    task: Task[R], trigger: OperationTrigger, why: str, retry_in: timedelta
) -> Result[R, T | None]:
    pause = pause_after(task.operation.attempt, retry_in)
    return Result(task, None, trigger, reason=why, retry_in=pause)
