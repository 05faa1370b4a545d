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


async def ask_or_act(
    task: Task[Any],
    *,
    ask: Callable[[], Awaitable[Outcome[T] | None]],
    act: Callable[[], Awaitable[Outcome[T]]],
    asks_when_refused: bool = False,
) -> Outcome[T]:
    """Act, from the second attempt on only after asking.

    ``ask`` answers how the act stands, or ``None``: it is still to be done. Where that cannot
    be found out, nothing is sent: the act is as much in doubt as it was. With
    ``asks_when_refused`` a refusal may mean that it was done before, by us or by somebody
    there, so the provider is asked then as well; where it cannot be asked, nobody knows yet.
    """
    if task.is_lost or task.operation.attempt > 1:
        match await ask():
            case None:
                pass
            case Unknown(reason) if not task.operation.is_in_doubt:
                return NotSent(reason, _AFTER_NO_WORD)
            case known:
                return known
    outcome = await act()
    if asks_when_refused and isinstance(outcome, Refused):
        return _weigh(outcome, await ask())
    return outcome


def _weigh(refused: Refused, known: Outcome[T] | None) -> Outcome[T]:
    """What a refusal means, by what was found out since."""
    why = f"refused ({refused.code}: {refused.reason}), and not asked since whether it is done"
    match known:
        case Done():
            return known
        case NotSent(reason) | Unknown(reason):
            return Unknown(f"{why}: {reason}")
        case Refused() | Pending() | None:
            return refused
        case _:
            assert_never(known)
