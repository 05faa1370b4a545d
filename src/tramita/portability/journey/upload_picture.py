"""``portability.upload_picture``: hand an identity picture to the provider.

Nothing there tells one picture from another, so an upload whose answer was lost is done
again: the first file stays unused, which harms nobody, and the proposal names the second.
It is tried for as long as it takes. A picture that the provider refuses is marked so, and
its partner may send another one as long as the link was not requested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.outcome import Outcome
from tramita.portability.acts import UPLOAD_PICTURE
from tramita.portability.model import PICTURE
from tramita.portability.ports import Picture, Pictures

# Over all workers: each upload under way holds its picture in memory a few times.
AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to hand over. ``is_wanted``: nothing replaced it, its envelope is open."""

    picture: Picture
    is_wanted: bool


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
    decrypt = work.keys.decrypt_bytes
    return {
        row["id"]: Upload(Picture(row["kind"], decrypt(row["content"], PICTURE)), row["is_wanted"])
        for row in rows
    }


async def record_uploads(work: UnitOfWork, results: Sequence[Result[Upload, str | None]]) -> None:
    """Keep the keys by which proposals name the pictures."""
    keys = {
        one.task.operation.subject_id: {"provider_key": one.decision}
        for one in results
        if one.decision is not None
    }
    await update_rows(work, "envelope_documents", keys)


async def _upload(gateway: Pictures, one: Upload, attempt: Attempt) -> Outcome[str]:
    return await gateway.upload_picture(one.picture, attempt)


def _why_not(one: Upload) -> str | None:
    return None if one.is_wanted else "The picture was replaced, or its envelope has ended."


UPLOAD: Final[Act[Upload, str]] = Act(
    name=UPLOAD_PICTURE,
    load=load_pictures,
    call=_upload,
    unwanted=_why_not,
    record=record_uploads,
    concurrency=AT_ONCE,
)
JOBS: Final = UPLOAD.jobs
