"""Acts that may safely be repeated once the provider was asked.

Whoever cannot know whether an earlier attempt arrived begins the next one by asking: what
is done already, or cannot be done any more, is not done again.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar, assert_never

from tramita.kit.operations.kind import Task
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

T = TypeVar("T")

_AFTER_NO_WORD: Final = timedelta(seconds=2)


async def ask_first(
    task: Task[Any], ask: Callable[[], Awaitable[Outcome[T] | None]]
) -> Outcome[T] | None:
    """How the act stands, from the second attempt on; ``None``: it is to be done.

    Where that cannot be found out, nothing is sent: the act is as much in doubt as it was.
    """
    if not task.is_lost and task.operation.attempt == 1:
        return None
    known = await ask()
    if isinstance(known, Unknown) and not task.operation.is_in_doubt:
        return NotSent(known.reason, _AFTER_NO_WORD)
    return known


async def weigh(
    outcome: Outcome[T],
    ask: Callable[[], Awaitable[Outcome[T] | None]],
    failure: Callable[[T], str | None],
) -> Outcome[T]:
    """What an outcome means, where a refusal may mean that it was done before.

    By us, or by somebody there: so the provider is asked. What it remembers as a failure too
    stays refused in the words of the refusal. Where it cannot be asked, nobody knows yet.
    """
    if not isinstance(outcome, Refused):
        return outcome
    known = await ask()
    match known:
        case Done(value) if failure(value) is None:
            return known
        case NotSent(reason) | Unknown(reason):
            why = f"refused ({outcome.code}: {outcome.reason})"
            return Unknown(f"{why}, and not asked since whether it is done: {reason}")
        case Done() | Refused() | Pending() | None:
            return outcome
        case _:
            assert_never(known)
