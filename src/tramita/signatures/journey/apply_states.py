"""Applying what a service says of procedures: as a whole, whatever was known before.

So it does not matter by which way it came, how often, or in which order. One word is no proof
that a procedure is lost, though: what was there may not be found for a moment. It is asked about
again, and ends when the service has gone on saying so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.signatures.acts import FETCH, STOP
from tramita.signatures.lifecycle import SUBMITTED, SigningTrigger
from tramita.signatures.ports import ProcedureStatus, SignatureState
from tramita.signatures.rows import Procedure, lock_procedures, move, prepare, write
from tramita.signatures.rules import what_follows

_ENDS_THERE: Final = frozenset({ProcedureStatus.FINISHED, ProcedureStatus.REFUSED})
# How often it is asked about before it is taken for lost.
_QUESTIONS: Final = 6
REFRESH: Final = "signatures.refresh"
_LOST: Final = "The signing service does not know it any more."


async def apply_states(
    work: UnitOfWork,
    said: Mapping[UUID, SignatureState | None],
    lost_for: timedelta,
    *,
    asked_at: datetime,
) -> None:
    """Have procedures be as their service says; ``None``: it has none of that reference.

    That is believed when it has been said for ``lost_for``, without a word to the contrary. Whoever was asked
    before the time to sign was over knows nothing of who signed at the last moment: it is asked again.
    """
    locked = await lock_procedures(work, said)
    submitted = [one for one in locked.values() if one.state in SUBMITTED]
    await _doubt(work, [one for one in submitted if said[one.id] is None], lost_for)
    now = await work.now()
    known = [one for one in submitted if said[one.id] is not None]
    await write(work, {one.id: {"known_at": now, "lost_since": None} for one in known})
    for one in known:
        state = said[one.id]
        assert state is not None
        is_over = one.expires_at <= asked_at
        for step in what_follows(one.state, state, now=now, is_over=is_over):
            if step.written:
                await write(work, {one.id: step.written})
            moved = await move(work, [one.id], step.trigger, why=step.why)
            await _go_on(work, moved, step.trigger, state)


async def _doubt(work: UnitOfWork, missing: Sequence[Procedure], lost_for: timedelta) -> None:
    now = await work.now()
    since = {one.id: one.lost_since or now for one in missing}
    await write(work, {id_: {"lost_since": first} for id_, first in since.items()})
    lost = [one.id for one in missing if one.lost_since and now - one.lost_since >= lost_for]
    # Should it be there after all, nobody signs it now.
    await prepare(work, STOP, await move(work, lost, SigningTrigger.ABORT, why=_LOST))
    pause = lost_for / _QUESTIONS
    for id_ in sorted(since.keys() - set(lost)):
        # Whoever else hears the same meanwhile has nothing more enqueued.
        key = f"lost:{id_}:{(now - since[id_]) // pause}"
        work.enqueue(REFRESH, delay=pause, key=key, procedure_ids=[id_])


async def _go_on(
    work: UnitOfWork, moved: list[Procedure], trigger: SigningTrigger, state: SignatureState
) -> None:
    if trigger is SigningTrigger.ORGANIZATION_SIGNS:
        await prepare(work, FETCH, moved)
    elif trigger is SigningTrigger.EXPIRE and state.status not in _ENDS_THERE:
        # By our clock, perhaps not yet by theirs: nobody signs it now.
        await prepare(work, STOP, moved)
