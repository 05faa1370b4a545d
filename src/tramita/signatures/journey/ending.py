"""What undoes a submission: ``remove_drafts`` and ``stop_procedure``.

A draft that nobody wants, and any other that was made under our key because an answer was lost,
is removed; a procedure that people were told of is stopped, and its record stays there. Both are
tried for as long as it takes; what the service refuses is left to a person, because somebody
could still sign it. That it does not know one is believed when it says so again an hour later. What was sent twice is looked for some minutes after its end: a draft whose
request was so late that it was sent again is there by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act, Gone
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.signatures.acts import REMOVE, STOP
from tramita.signatures.journey.submit import key_of
from tramita.signatures.lifecycle import UNSIGNED
from tramita.signatures.ports import PROCEDURE_UNKNOWN, SignatureBackend
from tramita.signatures.rows import get_procedures
from tramita.signatures.settings import SignatureSettings

# Drafts that one attempt removes at most; what is left is found by the next.
_MOST_DRAFTS: Final = 5


@dataclass(frozen=True, slots=True)
class Ending:
    """What is to go of a procedure: all of it, or (``keeps``) all but its reference."""

    key: str
    reference: str | None
    keeps: bool


async def load_endings(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Ending]:
    """What is to go, by procedure."""
    procedures = await get_procedures(work, ids)
    return {
        one.id: Ending(key_of(one.id), one.provider_reference, one.state not in UNSIGNED)
        for one in procedures.values()
    }


def _why_not(one: Ending) -> str | None:
    is_begun_anew = one.keeps and one.reference is None
    return "It is being created." if is_begun_anew else None


async def _remove(gateway: SignatureBackend, one: Ending, attempt: Attempt) -> Outcome[None]:
    found = await gateway.find_signing_procedures(one.key, attempt)
    if not isinstance(found, Done):
        return found
    known = {one.reference} if one.reference else set()
    unwanted = set(found.value) - known if one.keeps else set(found.value) | known
    for reference in sorted(unwanted)[:_MOST_DRAFTS]:
        removed = await gateway.delete_signing_procedure(reference, attempt)
        if not isinstance(removed, Done):
            return removed
    return Done(None)


async def _stop(gateway: SignatureBackend, one: Ending, attempt: Attempt) -> Outcome[None]:
    return await gateway.abort_signing_procedure(one.reference or "", attempt)


def _gone(runtime: Runtime) -> Gone:
    return Gone(frozenset({PROCEDURE_UNKNOWN}), runtime.configured(SignatureSettings).lost_for)


REMOVAL: Final[Act[Ending, None]] = Act(
    name=REMOVE,
    load=load_endings,
    call=_remove,
    unwanted=_why_not,
    on_refused=OperationTrigger.PARK,
    gone=_gone,
    calls=1 + _MOST_DRAFTS,
)
STOPPING: Final[Act[Ending, None]] = Act(
    name=STOP,
    load=load_endings,
    call=_stop,
    on_refused=OperationTrigger.PARK,
    gone=_gone,
)
JOBS: Final = [*REMOVAL.jobs, *STOPPING.jobs]
