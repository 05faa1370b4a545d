"""Applying what a service says of procedures: as a whole, whatever was known before.

So it does not matter by which way it came, how often, or in which order.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.signatures.acts import FETCH, STOP
from tramita.signatures.lifecycle import SUBMITTED, SigningTrigger
from tramita.signatures.ports import ProcedureStatus, SignatureState
from tramita.signatures.rows import Procedure, lock_procedures, move, prepare, write
from tramita.signatures.rules import what_follows

_ENDS_THERE: Final = frozenset({ProcedureStatus.FINISHED, ProcedureStatus.REFUSED})
_LOST: Final = "The signing service does not know it any more."


async def apply_states(work: UnitOfWork, said: Mapping[UUID, SignatureState | None]) -> None:
    """Have procedures be as their service says; ``None``: it has none of that reference."""
    locked = await lock_procedures(work, said)
    known = [one for one in locked.values() if one.state in SUBMITTED]
    now = await work.now()
    await write(work, {one.id: {"known_at": now} for one in known})
    for one in known:
        state = said[one.id]
        if state is None:
            await move(work, [one.id], SigningTrigger.ABORT, why=_LOST)
            continue
        for step in what_follows(one.state, state, now=now, expires_at=one.expires_at):
            if step.written:
                await write(work, {one.id: step.written})
            moved = await move(work, [one.id], step.trigger, why=step.why)
            await _go_on(work, moved, step.trigger, state)


async def _go_on(
    work: UnitOfWork, moved: list[Procedure], trigger: SigningTrigger, state: SignatureState
) -> None:
    if trigger is SigningTrigger.ORGANIZATION_SIGNS:
        await prepare(work, FETCH, moved)
    elif trigger is SigningTrigger.EXPIRE and state.status not in _ENDS_THERE:
        # By our clock, perhaps not yet by theirs: nobody signs it now.
        await prepare(work, STOP, moved)
