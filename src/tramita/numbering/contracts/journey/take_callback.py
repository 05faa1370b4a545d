"""``numbering.take_callback``: what the operator told of a line of its own accord.

The message is kept already; here it is applied to the contract whose line it speaks of.
What is about another assignment than the contract's last one comes too late and changes
nothing. One that overtakes the answer to our own request is tried again a little later, or
has the operator asked at once where that answer was lost.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts, standing
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.standing import has_operation
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.numbering.acts import ACTIVATE_LINE, END_LINE
from tramita.numbering.contracts.journey.end_line import apply_ends
from tramita.numbering.contracts.journey.settle_line import settle_activation
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.ports import LineActivation, LineMessage, LineStatus
from tramita.numbering.settings import NumberingSettings

JOB: Final = "numbering.take_callback"
# An answer of our own that has not been recorded after this is found out by asking.
_GIVE_UP_AFTER: Final = timedelta(minutes=10)
_LIVE: Final = frozenset({NumberStatus.IN_USE, NumberStatus.SUSPENDED})
_IN_DOUBT: Final = frozenset({OperationState.UNKNOWN, OperationState.NEEDS_ATTENTION})


def _reader(runtime: Runtime, sender: str) -> Callable[[bytes], LineMessage | NotUnderstood]:
    return runtime.gateway(LineActivation, sender).read_message


async def _apply(
    runtime: Runtime, work: UnitOfWork, told: inbox.Told[LineMessage]
) -> inbox.Left | None:
    settings, message = runtime.configured(NumberingSettings), told.said
    rows = await work.fetch(
        "SELECT contract_id FROM phone_number "
        "WHERE msisdn = $1 AND assigned_sim_id = $2 AND contract_id IS NOT NULL",
        message.msisdn,
        message.sim,
    )
    if not rows:
        return None  # The number is on that SIM no more.
    contract_id = rows[0]["contract_id"]
    found = await standing.last(work, contract_id, ACTIVATE_LINE, lock=True)
    if found is None:
        return None
    if found.provider != work.actor:
        return NotUnderstood(f"It speaks of a line that is {found.provider}'s.")
    if found.reference is None and found.state == OperationState.SENT:
        if told.age < _GIVE_UP_AFTER:
            return inbox.Later(timedelta(seconds=settings.ask_after))
        return inbox.About(contract_id)
    if found.reference is None and found.state in _IN_DOUBT:
        await doubts.ask_now(work, [found.id])
    elif found.reference == message.news.assignment_id:
        await _follow(work, contract_id, message, settings)
    return inbox.About(contract_id)


async def _follow(
    work: UnitOfWork, contract_id: UUID, message: LineMessage, settings: NumberingSettings
) -> None:
    """Apply what is about the contract's last activation, which is locked."""
    if message.news.status is not LineStatus.RELEASED:
        await settle_activation(work, contract_id, message.news)
        return
    rows = await work.fetch(
        f"SELECT t.status, {has_operation('$1', '= $2')} AS is_ending "  # noqa: S608 - constants
        "FROM phone_number AS t WHERE t.contract_id = $1",
        contract_id,
        END_LINE.name,
    )
    if not rows or rows[0]["is_ending"]:
        return  # Our own doing, whose answer tells as much, or has told, and the number has gone.
    if rows[0]["status"] in _LIVE:
        rest = timedelta(days=settings.quarantine_days)
        why = "The operator has ended the line of its own accord."
        await apply_ends(work, [contract_id], why, rest=rest)
    else:
        await settle_activation(work, contract_id, message.news)


CALLBACKS: Final = inbox.Reading(JOB, _reader, inbox.one_by_one(_apply))

JOBS: Final[list[Job[Runtime]]] = [Job(JOB, CALLBACKS.take)]
