"""``portability.cancel_proposal``: end a proposal at the provider that must not live.

It was refused here after the provider had accepted it, it is one too many, or its
contract or envelope was cancelled. Tried for as long as it takes; where the provider
refuses for good (the money is on its way), a person is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.portability.acts import CANCEL
from tramita.portability.journey.follow_up import by_news
from tramita.portability.ports import News, ProposalGateway, ProposalRef, Stage

OVER: Final = frozenset({Stage.RETAINED, Stage.REJECTED, Stage.CANCELED})
PAYING: Final = frozenset({Stage.SETTLING, Stage.CONFIRMING, Stage.PAID})


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A proposal that must not live."""

    ref: ProposalRef


async def load_unwanted(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Unwanted]:
    """The subject of a cancellation is the unwanted proposal."""
    rows = await work.fetch(
        "SELECT u.id, u.provider, u.proposal_key, c.number_at_provider AS number FROM unwanted_proposals AS u "
        "JOIN envelope_contracts AS c ON c.id = u.contract_id WHERE u.id = ANY($1::uuid[])",
        list(ids),
    )
    return {
        row["id"]: Unwanted(ProposalRef(row["provider"], row["proposal_key"], row["number"]))
        for row in rows
    }


async def _cancel(gateway: ProposalGateway, one: Unwanted, attempt: Attempt) -> Outcome[None]:
    return await gateway.cancel_proposal(one.ref, attempt)


def _is_over(_: Unwanted, news: News) -> bool:
    return news.stage in OVER


def _is_being_paid(_: Unwanted, news: News) -> bool:
    return news.stage in PAYING


CANCELLATION: Final[Act[Unwanted, None]] = Act(
    name=CANCEL,
    load=load_unwanted,
    call=_cancel,
    ask=by_news(_is_over, _is_being_paid),
    on_refused=OperationTrigger.PARK,
)
JOBS: Final = CANCELLATION.jobs
