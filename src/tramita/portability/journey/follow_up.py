"""How a later act on a proposal is asked about: submit, accept, lower, cancel.

QI Tech moves a proposal by its status, so each of these may safely be repeated once the
provider was asked: from the second attempt on, and after a refusal, the proposal is
read first. Where it stands already, or beyond, there is nothing left to do.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, assert_never

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.portability.ports import News, ProposalGateway, ProposalRef


class OfProposal(Protocol):
    """What every follow-up needs to know: which proposal it is about."""

    @property
    def ref(self) -> ProposalRef: ...


R = TypeVar("R", bound=OfProposal)


def by_news(
    is_done: Callable[[R, News], bool], is_hopeless: Callable[[R, News], bool]
) -> Callable[[ProposalGateway, R, Attempt], Awaitable[Outcome[None] | None]]:
    """Ask the proposal itself: done, hopeless, out of reach, or ``None``: still to be done.

    ``is_done`` says of a proposal as it stands now that the act need not be done (any
    more); ``is_hopeless`` that it cannot.
    """

    async def ask(gateway: ProposalGateway, request: R, attempt: Attempt) -> Outcome[None] | None:
        outcome = await gateway.read_news(request.ref, attempt)
        match outcome:
            case Done(news) if is_done(request, news):
                return Done(None)
            case Done(news) if is_hopeless(request, news):
                return Refused("too_late", f"The provider says {news.said}.")
            case Done():
                return None
            case Refused() | NotSent() | Unknown() | Pending():
                return outcome
            case _:
                assert_never(outcome)

    return ask
