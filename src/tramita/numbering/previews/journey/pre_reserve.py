"""``numbering.pre_reserve``: have the provider hold numbers; three for a preview, or one.

The caller waits for the answer. The intention is on record before the call, so whatever
the provider holds for us and nobody waits for any more is found and given back
(``ask_hold``); at the latest it lapses by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.lost import ask_about_lost, ask_in
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.ports import Hold, InventoryRefusal, NumberInventory, WantedNumbers
from tramita.numbering.previews.journey.release_hold import give_back_holds
from tramita.numbering.previews.rows import let_previous_live, save_previews
from tramita.numbering.settings import NumberingSettings

JOB: Final = "numbering.pre_reserve"
# The previous hold is gone at the provider, whatever we thought of it.
PREVIOUS_IS_GONE: Final = frozenset(
    {InventoryRefusal.PREVIOUS_NOT_FOUND, InventoryRefusal.PREVIOUS_CONSUMED}
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be held; ``hold_until`` is when nothing of it can be held any more."""

    id: UUID
    purpose: str
    wanted: WantedNumbers
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Usable:
    """Held, and as it should be: a preview is made of it, where it is for one."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Unusable:
    """Held for nobody: it is given back."""

    external_id: str


@dataclass(frozen=True, slots=True)
class NotHeld:
    """Nothing is held. ``is_previous_gone``: nor is what it was to replace."""

    is_previous_gone: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody knows."""


Decision: TypeAlias = Usable | Unusable | NotHeld | InDoubt
WishTask: TypeAlias = Task[Wish]
WishResult: TypeAlias = Result[Wish, Decision]


async def load_wishes(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Wish]:
    """Wishes by id, with the hold that each is to replace."""
    rows = await work.fetch(
        """
        SELECT w.*, p.external_id AS previous FROM pre_reservation AS w
        LEFT JOIN preview AS p ON p.id = w.previous_id AND p.superseded_by = w.id
        WHERE w.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {
        row["id"]: Wish(
            row["id"],
            row["purpose"],
            WantedNumbers(
                row["ddd"],
                row["brand_id"],
                row["quantity"],
                row["hold_until"] - row["created_at"],
                row["previous"],
            ),
            row["hold_until"],
        )
        for row in rows
    }


async def record_wishes(work: UnitOfWork, results: Sequence[WishResult]) -> None:
    """Keep what is held; make previews of it, or have it given back."""
    held: dict[UUID, Hold] = {}
    unusable: dict[UUID, str] = {}
    replaced: list[UUID] = []
    for one in results:
        wish = one.task.request
        match one.decision:
            case Usable(hold):
                held[wish.id] = hold
            case Unusable(external_id):
                unusable[wish.id] = external_id
            case NotHeld(is_previous_gone):
                replaced += [] if is_previous_gone else [wish.id]
            case InDoubt():
                pass
            case _:
                assert_never(one.decision)
    known = {id_: hold.external_id for id_, hold in held.items()} | unusable
    if known:
        names = {id_: {"external_id": name} for id_, name in known.items()}
        await update_rows(work, "pre_reservation", names)
    if held:
        offered_elsewhere = await save_previews(work, held)
        unusable |= {id_: held[id_].external_id for id_ in offered_elsewhere}
    if unusable:
        await give_back_holds(work, list(unusable))
    if replaced:
        await let_previous_live(work, replaced)


WISH: Final[OperationKind[Wish, Decision]] = OperationKind(
    name=JOB,
    port=NumberInventory,
    job=JOB,
    ask_job="numbering.ask_hold",
    load=load_wishes,
    record=record_wishes,
    ask_calls=2,  # by request, and for the hold that it was to replace
)


def decide(task: WishTask, outcome: Outcome[Hold], settings: NumberingSettings) -> WishResult:
    """What the provider's answer means for whoever waits for it.

    Out of reach: nothing was done, and nobody will wait for a later try, so it ends there.
    """
    match outcome:
        case Done(hold):
            return _judge(task, hold, settings)
        case Refused(code, reason):
            is_gone = code in PREVIOUS_IS_GONE
            return Result(task, NotHeld(is_gone), OperationTrigger.REFUSED, f"{code}: {reason}")
        case NotSent(reason):
            return Result(task, NotHeld(), OperationTrigger.GIVE_UP, reason)
        case Unknown(reason):
            return ask_later(task, reason, settings)
        case Pending(reference):
            return ask_later(task, f"accepted as {reference}", settings)
        case _:
            assert_never(outcome)


def _judge(task: WishTask, hold: Hold, settings: NumberingSettings) -> WishResult:
    least = min(settings.least_numbers, task.request.wanted.quantity)
    if len(hold.msisdns) >= least:
        return Result(task, Usable(hold), OperationTrigger.DONE, reference=hold.external_id)
    why = f"{len(hold.msisdns)} of {task.request.wanted.quantity} numbers are of use"
    said = "; ".join((why, *hold.faults))
    return Result(
        task,
        Unusable(hold.external_id),
        OperationTrigger.WITHDRAW,
        reason=f"given back: {said}",
        reference=hold.external_id,
    )


def ask_later(task: WishTask, why: str, settings: NumberingSettings) -> WishResult:
    """The provider is asked in a moment."""
    return ask_in(task, InDoubt(), why, timedelta(seconds=settings.ask_after))


async def find_lost_wish(runtime: Runtime, operation_id: UUID) -> None:
    """Whoever wanted the numbers has gone without recording an answer: ask for it."""
    pause = timedelta(seconds=runtime.configured(NumberingSettings).ask_after)
    await ask_about_lost(runtime.desk(WISH), operation_id, InDoubt(), pause=pause)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, find_lost_wish)]
