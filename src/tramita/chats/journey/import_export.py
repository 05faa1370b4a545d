"""``chats.import_export``: read in the history of a chat that its people have exported.

Page by page, each in a unit of work of its own that also notes how far it came: whoever dies in between
is followed by somebody who goes on there, and what is known already stays as it is. A file that is no
export, or one of another chat, is refused with the reason. An operator sees how far it is in the
chat's imports.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tramita.chats.desktop import Export, read_export, read_item
from tramita.chats.importing import IMPORT_JOB, Counted
from tramita.chats.lifecycle import IMPORT, ImportTrigger
from tramita.chats.messages import MOST_AT_ONCE, Source, save_all
from tramita.chats.registry import find_chat
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.jobs import Job, Schedule
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.kit.transitions import Stateful

IMPORTS: Final = Stateful(IMPORT, "chat_imports")
_AT_ONCE: Final = 2


async def import_export(runtime: Runtime, import_id: UUID) -> None:
    """Read in an export from where it was left."""
    async with runtime.database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT chat_id, file FROM chat_imports WHERE id = $1 AND state = 'running'", import_id
        )
    for row in rows:
        export = await _read(runtime, row["file"])
        if isinstance(export, Export):
            export = await _refuse_other(runtime, row["chat_id"], export)
        if isinstance(export, NotUnderstood):
            await _refuse(runtime, import_id, export.why)
            return
        while await _save_page(runtime, import_id, row["chat_id"], export):
            pass


async def _read(runtime: Runtime, file: str) -> Export | NotUnderstood:
    """The export; a long one is read beside the event loop."""
    try:
        content = await runtime.files.get(file)
    except NotFoundError as error:
        return NotUnderstood(str(error))
    return await asyncio.to_thread(read_export, content)


async def _refuse_other(runtime: Runtime, chat_id: UUID, export: Export) -> Export | NotUnderstood:
    async with runtime.database.unit_of_work() as work:
        known = await find_chat(work, export.number)
    if known is None or known.id != chat_id:
        return NotUnderstood("It is the export of another chat.")
    return export


async def _refuse(runtime: Runtime, import_id: UUID, why: str) -> None:
    async with runtime.database.unit_of_work(actor=IMPORT_JOB) as work:
        if await IMPORTS.move(work, [import_id], ImportTrigger.REFUSE, cause=why):
            await work.fetch(
                "UPDATE chat_imports SET reason = $2, file = NULL WHERE id = $1", import_id, why
            )


async def _save_page(runtime: Runtime, import_id: UUID, chat_id: UUID, export: Export) -> bool:
    """Save the next page; whether there is another."""
    async with runtime.database.unit_of_work(actor=IMPORT_JOB) as work:
        rows = await work.fetch(
            "SELECT next_item FROM chat_imports WHERE id = $1 AND state = 'running' FOR UPDATE",
            import_id,
        )
        if not rows:
            return False
        first: int = rows[0]["next_item"]
        page = export.items[first : first + MOST_AT_ONCE]
        await _note(work, import_id, await _save(work, chat_id, export.number, page), len(page))
        if first + len(page) < len(export.items):
            return True
        await IMPORTS.move(work, [import_id], ImportTrigger.FINISH)
        # What it said is in the chat's history now.
        await work.fetch("UPDATE chat_imports SET file = NULL WHERE id = $1", import_id)
        return False


async def _save(work: UnitOfWork, chat_id: UUID, number: int, page: Sequence[Any]) -> Counted:
    given = [read_item(chat_id, number, one) for one in page]
    messages = [one for one in given if one is not None]
    counted = Counted(rejected=[(n, "no_message") for n, one in enumerate(given) if one is None])
    counted.count(await save_all(work, "export", Source.EXPORT, messages))
    return counted


async def _note(work: UnitOfWork, import_id: UUID, counted: Counted, items: int) -> None:
    await work.fetch(
        "UPDATE chat_imports SET next_item = next_item + $2, created = created + $3, "
        "updated = updated + $4, unchanged = unchanged + $5, rejected = rejected + $6 WHERE id = $1",
        import_id,
        items,
        counted.created,
        counted.updated,
        counted.unchanged,
        len(counted.rejected),
    )


async def enqueue_stopped(runtime: Runtime) -> None:
    """Enqueue anew imports whose job may be lost; one that runs waits for its row, and finds no page twice."""
    async with runtime.database.unit_of_work(actor="sweep") as work:
        rows = await work.fetch(
            "SELECT id FROM chat_imports WHERE state = 'running' "
            "AND created_at < tramita_now() - interval '15 minutes' ORDER BY id LIMIT 20"
        )
        for row in rows:
            key = f"{IMPORT_JOB}:{row['id']}"
            work.enqueue(IMPORT_JOB, key=key, is_sweep=True, import_id=row["id"])


JOBS: Final[list[Job[Runtime]]] = [Job(IMPORT_JOB, import_export, _AT_ONCE)]
SCHEDULES: Final[list[Schedule[Runtime]]] = [
    Schedule("chats.enqueue_stopped", "*/15 * * * *", enqueue_stopped)
]
