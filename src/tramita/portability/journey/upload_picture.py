"""``portability.upload_picture``: hand an identity picture to the provider.

Nothing there tells one picture from another, so an upload whose answer was lost is done
again: the first file stays unused, which harms nobody, and the proposal names the second.
It is tried for as long as it takes. A picture that the provider refuses is marked so, and
its partner may send another one as long as the link was not requested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.runtime import Runtime
from tramita.portability.ports import Picture, ProposalGateway

JOB: Final = "portability.upload_picture"

# Over all workers: each upload under way holds its picture in memory a few times.
AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to hand over. ``is_wanted``: nothing replaced it, its envelope is open."""

    picture: Picture
    is_wanted: bool


UploadResult: TypeAlias = Result[Upload, str | None]


async def load_pictures(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Upload]:
    """Pictures with their content, by id."""
    rows = await work.fetch(
        """
        SELECT d.id, d.kind, d.content,
               d.replaced_at IS NULL AND e.state IN ('draft', 'formalizing') AS is_wanted
        FROM envelope_documents AS d JOIN envelopes AS e ON e.id = d.envelope_id
        WHERE d.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {
        row["id"]: Upload(Picture(row["kind"], row["content"]), row["is_wanted"]) for row in rows
    }


async def record_uploads(work: UnitOfWork, results: Sequence[UploadResult]) -> None:
    """Keep the keys by which proposals name the pictures."""
    keys = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
    }
    await work.fetch(
        """
        UPDATE envelope_documents AS d SET provider_key = k.key
        FROM unnest($1::uuid[], $2::text[]) AS k(id, key) WHERE d.id = k.id
        """,
        list(keys),
        list(keys.values()),
    )


UPLOAD: Final[OperationKind[Upload, str | None]] = OperationKind(
    name=JOB, port=ProposalGateway, job=JOB, load=load_pictures, record=record_uploads
)


async def upload_picture(runtime: Runtime, operation_id: UUID) -> None:
    """Hand over one picture, unless nobody wants it any more."""
    desk = runtime.desk(UPLOAD)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    await desk.hand_in(await _upload(runtime, task))


async def _upload(runtime: Runtime, task: Task[Upload]) -> UploadResult:
    if not task.request.is_wanted:
        why = "The picture was replaced, or its envelope has ended."
        return Result(task, None, OperationTrigger.WITHDRAW, reason=why)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await gateway.upload_picture(task.request.picture, task.attempt)
    return settled(task, outcome, refused=OperationTrigger.REFUSED)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, upload_picture, concurrency=AT_ONCE)]
