"""What ends an activation that the operator had accepted: its callback, or its answer when asked."""

from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger, standing
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.contracts.journey.activate_line import Live, apply_activations, decision_of
from tramita.numbering.ports import LineNews


async def settle_activation(work: UnitOfWork, contract_id: UUID, news: LineNews) -> None:
    """Let a contract follow the end of its last activation; what is about another is too late.

    One that was withdrawn because the contract is cancelled may have gone live all the
    same: then its number was in use, and rests before it is given back.
    """
    found = await standing.last(work, contract_id, ACTIVATE_LINE, lock=True)
    if found is None or found.reference != news.assignment_id:
        return
    decision = decision_of(news)
    if found.state == OperationState.PENDING:
        trigger = OperationTrigger.DONE if isinstance(decision, Live) else OperationTrigger.REFUSED
        cause = "The line is live." if isinstance(decision, Live) else decision.reason
        await ledger.close(work, [found.id], trigger, cause=cause)
        await apply_activations(work, {contract_id: decision})
    elif found.state == OperationState.REFUSED and isinstance(decision, Live):
        await apply_activations(work, {contract_id: decision})
