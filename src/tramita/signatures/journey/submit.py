"""The three acts by which a procedure comes to the signing service.

``create_procedure`` makes a draft, ``upload_document`` gives it its PDF, ``start_procedure``
lets it be signed. Nothing there is idempotent but the last: what was sent and not answered is
asked about, and done again only when the service has gone on saying that there is nothing.
Before it is started a procedure is looked at: it must have our document, and no other.
What is refused ends the procedure as failed, with the service's reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act, Caution
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.runtime import Runtime
from tramita.signatures.acts import CREATE, REMOVE, START, UPDATE, UPLOAD
from tramita.signatures.lifecycle import SigningState, SigningTrigger
from tramita.signatures.ports import (
    PROCEDURE_UNKNOWN,
    NewProcedure,
    ProcedureStatus,
    SignatureBackend,
)
from tramita.signatures.rows import (
    Procedure,
    find_signatories,
    get_procedures,
    lock_procedures,
    move,
    prepare,
    write,
)
from tramita.signatures.settings import SignatureSettings

# Over all workers: each upload holds its document in memory a few times.
_UPLOADS: Final = 20
_OTHER_DOCUMENT: Final = "other_document"


@dataclass(frozen=True, slots=True)
class Submission:
    """A procedure to be submitted, and the digest of its document; ``content`` where it is sent."""

    procedure: Procedure
    new: NewProcedure
    file: str
    content: bytes = b""

    @property
    def reference(self) -> str:
        """The service's word for it, once it is created."""
        return self.procedure.provider_reference or ""


def key_of(procedure_id: UUID) -> str:
    """Our word for a procedure at the service."""
    return str(procedure_id)


async def load_submissions(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Submission]:
    """Procedures with who signs them, by id."""
    procedures = await get_procedures(work, ids)
    signatories = await find_signatories(work, ids)
    rows = await work.fetch(
        "SELECT id, file FROM documents WHERE id = ANY($1::uuid[])",
        [one.document_id for one in procedures.values()],
    )
    files = {row["id"]: row["file"] for row in rows}
    now = await work.now()
    return {
        one.id: Submission(
            one,
            NewProcedure(
                key_of(one.id),
                one.title,
                signatories[one.id],
                max(one.expires_at - now, timedelta(hours=1)),
            ),
            files[one.document_id],
        )
        for one in procedures.values()
    }


def _why_not(one: Submission) -> str | None:
    is_wanted = one.procedure.state is SigningState.SUBMITTING
    return None if is_wanted else f"The procedure is {one.procedure.state}."


def _caution(runtime: Runtime) -> Caution:
    """What was made a moment ago may not be found there yet."""
    settings = runtime.configured(SignatureSettings)
    grace, outage = settings.submit_grace, timedelta(seconds=settings.outage_wait)
    return Caution(
        settings.first_pause, timedelta(seconds=grace), outage, frozenset({PROCEDURE_UNKNOWN})
    )


def _caution_of_starting(runtime: Runtime) -> Caution:
    return replace(_caution(runtime), may_repeat=True)


async def _create(gateway: SignatureBackend, one: Submission, attempt: Attempt) -> Outcome[str]:
    return await gateway.create_signing_procedure(one.new, attempt)


async def _find_created(
    gateway: SignatureBackend, one: Submission, attempt: Attempt
) -> Outcome[str] | None:
    found = await gateway.find_signing_procedures(one.new.key, attempt)
    if not isinstance(found, Done):
        return found
    return Done(found.value[0]) if found.value else None


async def record_creations(
    work: UnitOfWork, results: Sequence[Result[Submission, str | None]]
) -> None:
    """Keep the references and go on; what is not wanted any more is removed again.

    What was sent more than once may be there twice, sooner or later: that is looked for.
    """
    locked = await lock_procedures(work, [one.task.operation.subject_id for one in results])
    done = [one for one in results if one.trigger is OperationTrigger.DONE]
    created = {one.task.operation.subject_id: one.decision for one in done}
    await write(
        work,
        {
            one.task.operation.subject_id: {
                "provider_reference": one.decision,
                "sent_version": _version_sent(one.task),
            }
            for one in done
        },
    )
    ours = [replace(locked[id_], provider_reference=said) for id_, said in created.items()]
    await prepare(work, UPLOAD, [one for one in ours if one.state is SigningState.SUBMITTING])
    twice = {one.task.operation.subject_id for one in results if _may_be_there_twice(one)}
    await prepare(work, REMOVE, [locked[id_] for id_ in sorted(twice)], at_once=False)
    await prepare(work, REMOVE, [one for one in ours if one.state is not SigningState.SUBMITTING])
    await _fail(work, results)


def _version_sent(task: Task[Submission]) -> int:
    """Whose signatures the service asks for: of what an earlier attempt may have made, the first that were named."""
    operation = task.operation
    is_answered = operation.doubt is None and operation.attempt == 1
    return task.request.procedure.version if is_answered else 1


def _may_be_there_twice(one: Result[Submission, str | None]) -> bool:
    is_over = not one.comes_back and one.trigger is not OperationTrigger.PARK
    return is_over and one.task.operation.attempt > 1


async def _upload(gateway: SignatureBackend, one: Submission, attempt: Attempt) -> Outcome[str]:
    return await gateway.upload_document(one.reference, one.content, attempt)


async def _find_uploaded(
    gateway: SignatureBackend, one: Submission, attempt: Attempt
) -> Outcome[str] | None:
    found = await gateway.list_documents(one.reference, attempt)
    if not isinstance(found, Done):
        return found
    return Done(found.value[0]) if found.value else None


async def _read_content(runtime: Runtime, one: Submission) -> Submission:
    return replace(one, content=await runtime.files.get(one.file))


async def record_uploads(
    work: UnitOfWork, results: Sequence[Result[Submission, str | None]]
) -> None:
    """What has its document is started."""
    locked = await lock_procedures(work, [one.task.operation.subject_id for one in results])
    uploaded = {
        one.task.operation.subject_id: {"document_digest": one.decision}
        for one in results
        if one.trigger is OperationTrigger.DONE
    }
    await write(work, uploaded)
    await prepare(work, START, [locked[id_] for id_ in uploaded])
    await _fail(work, results)


async def _start(gateway: SignatureBackend, one: Submission, attempt: Attempt) -> Outcome[bool]:
    found = await gateway.list_documents(one.reference, attempt)
    if not isinstance(found, Done):
        return found
    if list(found.value) != [one.procedure.document_digest]:
        said = f"it has {len(found.value)} documents that are not the one of this contract"
        return Refused(_OTHER_DOCUMENT, said)
    started = await gateway.start_signing_procedure(one.reference, attempt)
    return Done(True) if isinstance(started, Done) else started


async def _find_started(
    gateway: SignatureBackend, one: Submission, attempt: Attempt
) -> Outcome[bool] | None:
    said = await gateway.get_signature_state(one.reference, attempt)
    if not isinstance(said, Done):
        return said
    return None if said.value.status is ProcedureStatus.DRAFT else Done(True)


async def record_starts(
    work: UnitOfWork, results: Sequence[Result[Submission, bool | None]]
) -> None:
    """From now on the student may sign."""
    started = [one for one in results if one.trigger is OperationTrigger.DONE]
    locked = await lock_procedures(work, [one.task.operation.subject_id for one in results])
    now = await work.now()
    ours = [
        one.task.operation.subject_id
        for one in started
        if locked[one.task.operation.subject_id].state is SigningState.SUBMITTING
    ]
    await write(work, {id_: {"submitted_for_signature_on": now, "known_at": now} for id_ in ours})
    moved = await move(work, ours, SigningTrigger.START)
    await prepare(work, UPDATE, [one for one in moved if one.version > one.sent_version])
    await _fail(work, results)


async def _fail(work: UnitOfWork, results: Sequence[Result[Submission, Any]]) -> None:
    """End what the service refuses, in its words; nothing of it stays there."""
    why = {
        one.task.operation.subject_id: one.reason or "It was refused."
        for one in results
        if one.trigger is OperationTrigger.REFUSED
    }
    for id_, reason in why.items():
        await fail_submissions(work, [id_], reason)


async def fail_submissions(work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    """End procedures that cannot be submitted, and remove what is there of them."""
    await lock_procedures(work, ids)
    moved = await move(work, ids, SigningTrigger.FAIL, why=why)
    await prepare(work, REMOVE, [one for one in moved if one.provider_reference])


async def refuse_creations(work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    """A person gives up what nobody knows the end of: should it be there, it is removed."""
    await fail_submissions(work, ids, why)
    procedures = (await get_procedures(work, ids)).values()
    await prepare(work, REMOVE, list(procedures), at_once=False)


CREATION: Final[Act[Submission, str]] = Act(
    name=CREATE,
    load=load_submissions,
    call=_create,
    ask=_find_created,
    unwanted=_why_not,
    record=record_creations,
    refuse=refuse_creations,
    caution=_caution,
)
UPLOADING: Final[Act[Submission, str]] = Act(
    name=UPLOAD,
    load=load_submissions,
    call=_upload,
    ask=_find_uploaded,
    unwanted=_why_not,
    record=record_uploads,
    refuse=fail_submissions,
    reference=lambda _: None,
    caution=_caution,
    equip=_read_content,
    concurrency=_UPLOADS,
)
STARTING: Final[Act[Submission, bool]] = Act(
    name=START,
    load=load_submissions,
    call=_start,
    ask=_find_started,
    unwanted=_why_not,
    record=record_starts,
    refuse=fail_submissions,
    reference=lambda _: None,
    caution=_caution_of_starting,
    calls=2,
)
JOBS: Final = [*CREATION.jobs, *UPLOADING.jobs, *STARTING.jobs]
