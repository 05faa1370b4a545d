"""Acts that may be repeated although nobody knows whether they were done: how they settle.

Giving back what was given back already, handing over a second copy that stays unused: the
second time harms nobody.
"""

from datetime import timedelta
from typing import Final, TypeVar, assert_never

from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

R = TypeVar("R")
T = TypeVar("T")

_AFTER_UNKNOWN: Final = timedelta(seconds=1)


def settled(
    task: Task[R], outcome: Outcome[T], *, refused: OperationTrigger
) -> Result[R, T | None]:
    """Done with what was answered, ``refused``, or again after a pause that grows to a minute."""
    match outcome:
        case Done(value):
            reference = None if value is None else str(value)
            return Result(task, value, OperationTrigger.DONE, reference=reference)
        case Refused(code, reason):
            return Result(task, None, refused, reason=f"{code}: {reason}")
        case NotSent(reason, retry_in):
            return again(task, reason, retry_in)
        case Unknown(reason):
            return again(task, f"perhaps done, done again: {reason}", _AFTER_UNKNOWN)
        case Pending(reference, ask_again_in):
            return again(task, f"accepted as {reference}, to be asked", ask_again_in)
        case _:
            assert_never(outcome)


def again(task: Task[R], why: str, retry_in: timedelta) -> Result[R, T | None]:
    """Not done; later."""
    pause = pause_after(task.operation.attempt, retry_in)
    return Result(task, None, OperationTrigger.NOT_SENT, reason=why, retry_in=pause)
