"""``chats.fetch_asset``: get what somebody has attached to a message, once, and keep it.

Asking changes nothing at the messenger, so it is asked again whatever happened. A file that is too
large for bots, or that the messenger does not have any more, is missing from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.chats.acts import FETCH
from tramita.chats.attaching import keep, miss
from tramita.chats.ports import ChatService
from tramita.chats.registry import tell_changed
from tramita.kit.attempt import Attempt
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import StoredFile, digest_of
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime

# Over all workers: each download holds its file in memory.
_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file by the messenger's name of it."""

    chat_id: UUID
    file_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """Its content, and where that is once it is kept."""

    content: bytes
    sha256: str = ""
    stored: StoredFile | None = None


async def load_wanted(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Wanted]:
    """Files to be fetched, by id."""
    rows = await work.fetch(
        "SELECT id, chat_id, file_id, state FROM chat_assets WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: Wanted(row["chat_id"], row["file_id"], row["state"]) for row in rows}


def _why_not(one: Wanted) -> str | None:
    return None if one.state == "waiting" else f"It is {one.state} already."


async def _fetch(gateway: ChatService, one: Wanted, attempt: Attempt) -> Outcome[Fetched]:
    outcome = await gateway.get_file(one.file_id, attempt)
    return Done(Fetched(outcome.value)) if isinstance(outcome, Done) else outcome


async def _keep(runtime: Runtime, fetched: Fetched) -> Fetched:
    sha256 = (await digest_of(fetched.content)).hex()
    return Fetched(b"", sha256, await runtime.files.put(fetched.content))


async def record_files(work: UnitOfWork, results: Sequence[Result[Wanted, Fetched | None]]) -> None:
    """Note where the files are, or that there are none."""
    await lock_rows(work, "chat_assets", [one.task.operation.subject_id for one in results], "id")
    for one in results:
        asset_id, fetched = one.task.operation.subject_id, one.decision
        if one.trigger is OperationTrigger.DONE and fetched and fetched.stored:
            await keep(work, asset_id, fetched.stored, fetched.sha256)
        elif one.trigger is OperationTrigger.REFUSED:
            await miss(work, [asset_id], one.reason or "The messenger does not have it.")
    tell_changed(work, [one.task.request.chat_id for one in results if not one.comes_back])


FETCHING: Final[Act[Wanted, Fetched]] = Act(
    name=FETCH,
    load=load_wanted,
    call=_fetch,
    unwanted=_why_not,
    record=record_files,
    refuse=miss,
    reference=lambda _: None,
    keep=_keep,
    concurrency=_AT_ONCE,
)
JOBS: Final = FETCHING.jobs
