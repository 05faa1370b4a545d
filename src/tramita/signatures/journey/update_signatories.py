"""``signatures.update_signatories``: others sign for a party that has not signed yet.

Who has signed is asked first: what we know may be old, and the service takes no change for who has.
Each contract's change is an act of its own. Where they have changed once more meanwhile, it is
done once more; where the service refuses, a person has to know: somebody could not sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Outcome, Refused
from tramita.signatures.acts import UPDATE
from tramita.signatures.lifecycle import SUBMITTED
from tramita.signatures.ports import ProcedureStatus, Signatory, SignatureBackend
from tramita.signatures.rows import (
    Procedure,
    find_signatories,
    get_procedures,
    lock_procedures,
    prepare,
    write,
)

_AFTER_LOST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A procedure, and who may sign it."""

    procedure: Procedure
    signatories: tuple[Signatory, ...]


async def load_changes(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Change]:
    """Who may sign, by procedure."""
    procedures = await get_procedures(work, ids)
    signatories = await find_signatories(work, ids)
    return {one.id: Change(one, signatories[one.id]) for one in procedures.values()}


def _why_not(one: Change) -> str | None:
    return None if one.procedure.state in SUBMITTED else "Nobody signs any more."


async def _update(gateway: SignatureBackend, one: Change, attempt: Attempt) -> Outcome[None]:
    outcome = await _try(gateway, one, attempt)
    # Somebody may have signed between the question and the change.
    return await _try(gateway, one, attempt) if isinstance(outcome, Refused) else outcome


async def _try(gateway: SignatureBackend, one: Change, attempt: Attempt) -> Outcome[None]:
    reference = one.procedure.provider_reference or ""
    said = await gateway.get_signature_state(reference, attempt)
    if isinstance(said, Refused):
        # Whether it is lost is found out elsewhere; then this is not wanted any more.
        return NotSent(said.reason, _AFTER_LOST)
    if not isinstance(said, Done):
        return said
    signed = said.value.signed()
    waiting = [each for each in one.signatories if not signed[each.party]]
    if said.value.status is not ProcedureStatus.RUNNING or not waiting:
        return Done(None)
    return await gateway.update_signatories(reference, waiting, attempt)


async def record_updates(work: UnitOfWork, results: Sequence[Result[Change, None]]) -> None:
    """Note what was sent; who has changed since is sent too."""
    done = {
        one.task.operation.subject_id: one.task.request.procedure.version
        for one in results
        if one.trigger is OperationTrigger.DONE
    }
    locked = await lock_procedures(work, done)
    await write(work, {id_: {"sent_version": version} for id_, version in done.items()})
    await prepare(
        work, UPDATE, [locked[id_] for id_, sent in done.items() if locked[id_].version > sent]
    )


UPDATING: Final[Act[Change, None]] = Act(
    name=UPDATE,
    load=load_changes,
    call=_update,
    unwanted=_why_not,
    on_refused=OperationTrigger.PARK,
    record=record_updates,
    calls=4,
)
JOBS: Final = UPDATING.jobs
