"""One action of a person on many operations: each is answered for itself, and none is done twice.

What is to be acted on is written down first, with a job. The job acts on one after the other just as
a person on one (``actions.acting``), and writes each answer in the transaction that acts. So whoever
dies in the middle is followed by whoever gets the job next, who goes on behind the last answer.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.kit.audit import Subject, note_act
from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.errors import ConflictError, FieldError, InvalidError, NotFoundError
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Job
from tramita.kit.kept import Kept
from tramita.kit.masking import mask_text
from tramita.kit.operations.actions import OperationAction, Process, acting
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.places import ALIKE
from tramita.kit.operations.standing import in_states

NOTE: Final = encrypted("bulk_acts.note")
"""As a person's own words are encrypted."""
ACT_ON_MANY: Final = "operations.act_on_many"
MOST: Final = 10_000
_AT_ONCE: Final = 50


class NothingChosen(ConflictError):
    """Nothing of that needs attention any more."""


class BulkActNotFound(NotFoundError):
    """Nothing was done to many at once under {id}."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which operations: these; or of those that need attention, the ones that are alike.

    ``alike`` is the key of a group (``ALIKE``).
    """

    ids: Sequence[UUID] = ()
    kind: str | None = None
    provider: str | None = None
    alike: str | None = None

    @property
    def names_some(self) -> bool:
        """Whether it says which; nothing said is never all of them."""
        return bool(self.ids or self.kind or self.provider or self.alike)


_WHICH: Final = "Name operations, or a kind or a provider of those that wait."


class BulkAct(msgspec.Struct):
    """What was done to many, in platform time; ``left`` have no answer yet."""

    id: UUID
    action: OperationAction
    actor: str
    total: int
    done: int
    refused: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def left(self) -> int:
        """How many have no answer yet."""
        return self.total - self.done - self.refused


class BulkAnswer(msgspec.Struct):
    """What came of one of them; ``said`` is why it was refused."""

    operation_id: UUID
    result: str | None
    said: str | None


async def begin_many(
    work: UnitOfWork, action: OperationAction, chosen: Chosen, *, note: str
) -> UUID:
    """Write down what is to be done, as the actor of ``work``, with the job that does it.

    Operations that are named are answered whatever their state. Raises ``NothingChosen``, and
    ``InvalidError`` where nothing says which.
    """
    if not chosen.names_some:
        raise InvalidError([FieldError("ids", "missing", _WHICH)])
    bulk_id, tenant = new_id(), work.bounds
    where, values = _where(chosen)
    await work.fetch(
        "INSERT INTO bulk_acts (id, action, actor, note, total, created_at, tenant, carrier) "
        "VALUES ($1, $2, $3, $4, 0, tramita_now(), $5, $6)",
        bulk_id,
        action.value,
        work.actor,
        work.keys.encrypt(mask_text(note), NOTE),
        tenant.tenant,
        tenant.carrier,
    )
    rows = await work.fetch(
        f"""
        WITH items AS (
            INSERT INTO bulk_act_items (bulk_id, operation_id)
            SELECT $1, o.id FROM operations AS o WHERE {where} AND {within("o", 2)}
            ORDER BY o.id LIMIT {MOST} RETURNING operation_id
        )
        UPDATE bulk_acts SET total = (SELECT count(*) FROM items) WHERE id = $1 RETURNING total
        """,  # noqa: S608 - our own texts
        bulk_id,
        *work.bounds.limits,
        *values,
    )
    if not rows[0]["total"]:
        raise NothingChosen
    about = Subject("bulk_act", bulk_id, tenant.tenant)
    await note_act(
        work, work.actor, "operations.acted_on", about, what=action.value, count=rows[0]["total"]
    )
    work.enqueue(ACT_ON_MANY, bulk_id=bulk_id)
    return bulk_id


async def count_chosen(work: UnitOfWork, chosen: Chosen) -> int:
    """How many that would be now."""
    where, values = _where(chosen)
    rows = await work.fetch(
        f"SELECT count(*) AS n FROM (SELECT FROM operations AS o WHERE $1::int > 0 AND {where} "  # noqa: S608 - ours
        f"AND {within('o', 2)} LIMIT $1) AS counted",
        MOST,
        *work.bounds.limits,
        *values,
    )
    return int(rows[0]["n"])


def _where(chosen: Chosen) -> tuple[str, list[object]]:
    """The condition on ``o``, whose parameters begin behind the bounds."""
    if chosen.ids:
        return "o.id = ANY($4::uuid[])", [list(chosen.ids)]
    given = {
        "o.kind": chosen.kind,
        "o.provider": chosen.provider,
        ALIKE: chosen.alike,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    parts = [in_states("o", OperationState.NEEDS_ATTENTION)]
    parts += [f"{name} = ${n}" for n, name in enumerate(asked, start=4)]
    return " AND ".join(parts), list(asked.values())


def expected_span(count: int, *, milliseconds: int, places: int) -> timedelta:
    """How long a provider takes for so many, each as long as usual, so many at once."""
    return timedelta(milliseconds=count * milliseconds / max(1, places))


async def act_on_many(process: Process, bulk_id: UUID) -> None:
    """Act on each that has no answer yet, one after the other."""
    async with process.database.unit_of_work() as work:
        found = await work.fetch("SELECT action, actor, note FROM bulk_acts WHERE id = $1", bulk_id)
    if not found or found[0]["note"] is None:
        return  # All are answered.
    wanted = dict(found[0]) | {"note": process.database.keys.decrypt(found[0]["note"], NOTE)}
    while left := await _find_left(process, bulk_id):
        for operation_id in left:
            await _act_on_one(process, bulk_id, operation_id, wanted)
    async with process.database.unit_of_work(actor=ACT_ON_MANY) as work:
        await work.fetch(
            "UPDATE bulk_acts SET ended_at = tramita_now(), note = NULL "
            "WHERE id = $1 AND ended_at IS NULL",
            bulk_id,
        )


async def _find_left(process: Process, bulk_id: UUID) -> list[UUID]:
    async with process.database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT operation_id FROM bulk_act_items WHERE bulk_id = $1 AND result IS NULL "
            "ORDER BY operation_id LIMIT $2",
            bulk_id,
            _AT_ONCE,
        )
    return [row["operation_id"] for row in rows]


class _Answered(Exception):
    """Somebody else has answered this one meanwhile: nothing of ours is done."""


async def _act_on_one(
    process: Process, bulk_id: UUID, operation_id: UUID, wanted: Mapping[str, Any]
) -> None:
    action = OperationAction(wanted["action"])
    note, actor = wanted["note"], wanted["actor"]
    try:
        async with acting(process, operation_id, action, note=note, actor=actor) as work:
            await _answer(work, bulk_id, operation_id, "done")
    except _Answered:
        return
    except (ConflictError, NotFoundError) as refused:
        with suppress(_Answered):
            async with process.database.unit_of_work(actor=ACT_ON_MANY) as work:
                await _answer(work, bulk_id, operation_id, "refused", str(refused))


async def _answer(
    work: UnitOfWork, bulk_id: UUID, operation_id: UUID, result: str, said: str | None = None
) -> None:
    rows = await work.fetch(
        "UPDATE bulk_act_items SET result = $3, said = $4 "
        "WHERE bulk_id = $1 AND operation_id = $2 AND result IS NULL RETURNING bulk_id",
        bulk_id,
        operation_id,
        result,
        said and mask_text(said),
    )
    if not rows:
        raise _Answered


async def tell_many(
    work: UnitOfWork, bulk_id: UUID, *, after: UUID | None = None, limit: int = 100
) -> tuple[BulkAct, list[BulkAnswer]]:
    """How far it is, and the answers after ``after``: refusals are told as the rest, in order of id.

    Raises ``BulkActNotFound``, also where it is somebody else's.
    """
    acts = await work.read(
        BulkAct,
        f"""
        SELECT b.id, action, actor, total, created_at, ended_at,
               count(*) FILTER (WHERE i.result = 'done') AS done,
               count(*) FILTER (WHERE i.result = 'refused') AS refused
        FROM bulk_acts AS b JOIN bulk_act_items AS i ON i.bulk_id = b.id
        WHERE b.id = $1 AND {within("b", 2)} GROUP BY b.id
        """,  # noqa: S608 - ours
        bulk_id,
        *work.bounds.limits,
    )
    if not acts:
        raise BulkActNotFound(id=bulk_id)
    answers = await work.read(
        BulkAnswer,
        "SELECT operation_id, result, said FROM bulk_act_items WHERE bulk_id = $1 "
        "AND ($2::uuid IS NULL OR operation_id > $2) ORDER BY operation_id LIMIT $3",
        bulk_id,
        after,
        limit,
    )
    return acts[0], answers


JOBS: Final[list[Job[Any]]] = [Job(ACT_ON_MANY, act_on_many)]
KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="acts on many",
        table="bulk_acts",
        what="what people did to many operations at once, with an answer each",
        stays="what it did to each operation, in that one's history",
        age="created_at",
        days=90,
        where="t.ended_at IS NOT NULL",
    ),
)
