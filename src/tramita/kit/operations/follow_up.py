"""Acts that may safely be repeated once the provider was asked.

Whoever cannot know whether an earlier attempt arrived begins the next one by asking: what
is done already, or cannot be done any more, is not done again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tramita.kit.operations.kind import Task
from tramita.kit.outcome import Done, Outcome, Refused

T = TypeVar("T")


async def ask_or_act(
    task: Task[Any],
    *,
    ask: Callable[[], Awaitable[Outcome[T] | None]],
    act: Callable[[], Awaitable[Outcome[T]]],
    asks_when_refused: bool = False,
) -> Outcome[T]:
    """Act, from the second attempt on only after asking.

    ``ask`` answers how the act stands, or ``None``: it is still to be done. With
    ``asks_when_refused`` a refusal may mean that it was done before, by us or by somebody
    there, so the provider is asked then as well.
    """
    if task.is_lost or task.operation.attempt > 1:
        known = await ask()
        if known is not None:
            return known
    outcome = await act()
    if asks_when_refused and isinstance(outcome, Refused):
        known = await ask()
        if isinstance(known, Done):
            return known
    return outcome
