"""A later act on a proposal that the provider already holds: submit, accept, cancel.

QI Tech moves a proposal by its status, so each of these may safely be repeated once the
provider was asked: from the second attempt on, and after a refusal, the proposal is
read first. Where it stands already, or beyond, there is nothing left to do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, Protocol, TypeVar, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.operations.follow_up import ask_or_act
from tramita.kit.operations.kind import OperationKind, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.ports import News, ProposalGateway, ProposalRef

# Of an attempt: ask, act, and ask again when it was refused.
CALLS: Final = 3


class OfProposal(Protocol):
    """What every follow-up needs to know: which proposal it is about."""

    @property
    def ref(self) -> ProposalRef: ...


R = TypeVar("R", bound=OfProposal)


@dataclass(frozen=True)
class FollowUp(Generic[R]):
    """One later act.

    ``is_done`` says of a proposal as it stands now that the act need not be done (any
    more); ``is_hopeless`` that it cannot. ``refused`` is how the operation settles when
    the provider refuses: ``REFUSED``, or ``PARK`` where a person has to know.
    """

    kind: OperationKind[R, None]
    act: Callable[[ProposalGateway, R, Attempt], Awaitable[Outcome[None]]]
    is_done: Callable[[R, News], bool]
    is_hopeless: Callable[[R, News], bool]
    refused: OperationTrigger = OperationTrigger.REFUSED


async def carry_out(runtime: Runtime, operation_id: UUID, *, step: FollowUp[R]) -> None:
    """Take the operation, act or find that there is nothing to do, and record it.

    Out of reach or unknown: again after a pause that grows to a minute, for as long as
    it takes.
    """
    desk = runtime.desk(step.kind)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await _ask_or_act(gateway, step, task)
    await desk.hand_in(settled(task, outcome, refused=step.refused))


async def _ask_or_act(gateway: ProposalGateway, step: FollowUp[R], task: Task[R]) -> Outcome[None]:
    return await ask_or_act(
        task,
        ask=partial(_ask, gateway, step, task),
        act=partial(step.act, gateway, task.request, task.attempt),
    )


async def _ask(gateway: ProposalGateway, step: FollowUp[R], task: Task[R]) -> Outcome[None] | None:
    """What the proposal itself says: done, hopeless, out of reach, or ``None``: to be done."""
    outcome = await gateway.read_news(task.request.ref, task.attempt)
    match outcome:
        case Done(news) if step.is_done(task.request, news):
            return Done(None)
        case Done(news) if step.is_hopeless(task.request, news):
            return Refused("too_late", f"The provider says {news.said}.")
        case Done():
            return None
        case Refused() | NotSent() | Unknown() | Pending():
            return outcome
        case _:
            assert_never(outcome)
