"""``signatures.fetch_signed_file``: get what both have signed, once, and keep it.

Whoever wants to read it later reads what is kept; the service is not asked again. A service that
has no file of a signed procedure has lost what counts: a person has to know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.signatures.acts import FETCH
from tramita.signatures.ports import SignatureBackend
from tramita.signatures.rows import get_procedures, lock_procedures, topic_of, write

# Over all workers: each download holds its file in memory.
_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed procedure, and the digest of its file once it is kept."""

    contract_id: UUID
    reference: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched: its content, and its digest once it is kept."""

    content: bytes
    digest: str = ""


async def load_signed(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Signed]:
    """Signed procedures, by id."""
    procedures = await get_procedures(work, ids)
    return {
        one.id: Signed(one.contract_id, one.provider_reference or "", one.signed_file)
        for one in procedures.values()
    }


def _why_not(one: Signed) -> str | None:
    return "It is kept already." if one.file else None


async def _fetch(gateway: SignatureBackend, one: Signed, attempt: Attempt) -> Outcome[Fetched]:
    outcome = await gateway.get_signed_file(one.reference, attempt)
    return Done(Fetched(outcome.value)) if isinstance(outcome, Done) else outcome


async def _keep(runtime: Runtime, fetched: Fetched) -> Fetched:
    return Fetched(b"", (await runtime.files.put(fetched.content)).digest)


async def record_files(work: UnitOfWork, results: Sequence[Result[Signed, Fetched | None]]) -> None:
    """Note where the files are."""
    kept = [one for one in results if one.trigger is OperationTrigger.DONE and one.decision]
    await lock_procedures(work, [one.task.operation.subject_id for one in kept])
    for one in kept:
        work.publish(topic_of(one.task.request.contract_id), {"signed_file": True})
    await write(
        work,
        {
            one.task.operation.subject_id: {"signed_file": one.decision.digest}
            for one in kept
            if one.decision
        },
    )


FETCHING: Final[Act[Signed, Fetched]] = Act(
    name=FETCH,
    load=load_signed,
    call=_fetch,
    unwanted=_why_not,
    on_refused=OperationTrigger.PARK,
    record=record_files,
    reference=lambda _: None,
    keep=_keep,
    concurrency=_AT_ONCE,
)
JOBS: Final = FETCHING.jobs
