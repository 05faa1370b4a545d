"""What a person may do about any contract, whatever journey it is of; an area's own page has more."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.console.words import ActionWords
from tramita.contracts.backends import why_unavailable
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.service import can_rest, cancel_contract, resume_contract, suspend_contract
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime


class ContractAction(StrEnum):
    """What a person may do."""

    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"


CONTRACT_ACTIONS: Final[Mapping[ContractAction, ActionWords]] = {
    ContractAction.SUSPEND: ActionWords(
        to_translate("Suspend"),
        to_translate("Lets the service rest until you resume it; the contract stays."),
        to_translate("The service rests."),
        asks=to_translate("Suspend this contract’s service?"),
    ),
    ContractAction.RESUME: ActionWords(
        to_translate("Resume"),
        to_translate("Lets the service go on."),
        to_translate("The service goes on."),
    ),
    ContractAction.CANCEL: ActionWords(
        to_translate("Cancel the contract"),
        to_translate(
            "Ends it the way its journey does: what is under way outside is stopped or undone, what "
            "was paid stays until it is refunded, and its partner is told. Your reason is read by the "
            "partner, and in a chat by the client. This cannot be undone."
        ),
        to_translate("It is cancelled; the timeline says what follows outside."),
        asks=to_translate("Cancel this contract?"),
    ),
}


def allowed_actions(contract: Contract) -> Mapping[ContractAction, str | None]:
    """What the life cycle of a contract allows now, each with why not if it does not."""
    if not contract.active:
        return {}
    why = why_unavailable(contract.backend)
    gone = (
        None if why is None else to_translate("Its backend cannot be asked in this installation.")
    )
    allowed: dict[ContractAction, str | None] = {}
    if contract.state is ContractState.ACTIVATED and can_rest(contract):
        is_resting = contract.suspended_at is not None
        allowed[ContractAction.RESUME if is_resting else ContractAction.SUSPEND] = gone
    return allowed | {ContractAction.CANCEL: gone}


async def act_on_contract(
    runtime: Runtime, contract_id: UUID, action: ContractAction, *, note: str, actor: str
) -> None:
    """Do it for the reason that was given; raises a ``ConflictError`` where it cannot be done."""
    async with runtime.database.unit_of_work(actor=actor) as work:
        match action:
            case ContractAction.SUSPEND:
                await suspend_contract(work, contract_id, note)
            case ContractAction.RESUME:
                await resume_contract(work, contract_id, note)
            case ContractAction.CANCEL:
                await cancel_contract(work, contract_id, note)
