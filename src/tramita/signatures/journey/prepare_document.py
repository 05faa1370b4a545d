"""``signatures.prepare_document``: make the PDF that is to be signed, and submit it.

A document that cannot be made is an error of our own: the job is held, and shown in the console.
"""

from typing import Final
from uuid import UUID

from tramita.kit.jobs import Job
from tramita.kit.pdf.rendering import MarkdownSource, render_pdf
from tramita.kit.runtime import Runtime
from tramita.signatures.acts import CREATE
from tramita.signatures.lifecycle import SigningState, SigningTrigger
from tramita.signatures.rows import find_document, get_procedures, lock_procedures, move, prepare
from tramita.signatures.service import PREPARE_JOB


async def prepare_document(runtime: Runtime, procedure_id: UUID) -> None:
    """Render the document unless its content was rendered before, then create the procedure."""
    async with runtime.database.unit_of_work(actor=PREPARE_JOB) as work:
        procedure = (await get_procedures(work, [procedure_id]))[procedure_id]
        if procedure.state is not SigningState.PREPARED:
            return
        document, file = await find_document(work, procedure.document_id)
    if file is None:
        source = MarkdownSource(document.title, document.language, document.text)
        made = await render_pdf(source)
        file = (await runtime.files.put(made)).digest
    async with runtime.database.unit_of_work(actor=PREPARE_JOB) as work:
        await lock_procedures(work, [procedure_id])
        await work.fetch(
            # Of two that made it at once, the first has.
            "UPDATE documents SET file = $2 WHERE id = $1 AND file IS NULL",
            procedure.document_id,
            file,
        )
        await prepare(work, CREATE, await move(work, [procedure_id], SigningTrigger.SUBMIT))


JOBS: Final[list[Job[Runtime]]] = [Job(PREPARE_JOB, prepare_document)]
