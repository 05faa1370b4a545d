"""Identity pictures as they are kept: at most one of a kind that counts, per envelope and bank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import OperationState
from tramita.portability.pictures import PictureKind
from tramita.portability.ports import Document


class PictureState(StrEnum):
    """How far a picture is on its way to the provider."""

    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    REFUSED = "refused"
    NOT_TAKEN = "not_taken"  # by any lender of the envelope: it is not kept


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """All there is to say of a picture; what it shows is never said.

    ``document.key`` is the provider's; ``refusal`` is why it does not take the picture.
    """

    provider: str
    document: Document
    sha256: str
    created_at: datetime
    state: PictureState
    refusal: str | None

    @property
    def kind(self) -> PictureKind:
        """What it is a picture of."""
        return PictureKind(self.document.kind)


async def find_pictures(
    work: UnitOfWork, envelopes: Sequence[UUID]
) -> Mapping[UUID, Sequence[StoredPicture]]:
    """The pictures of envelopes that were not replaced, by envelope; the eldest first.

    Each stands there once for every provider that one of the envelope's contracts goes to.
    """
    rows = await work.fetch(
        """
        SELECT d.envelope_id, d.provider, d.kind, d.media_type, d.width, d.height, d.size, d.sha256,
               d.created_at, d.provider_key, o.state, o.reason
        FROM envelope_documents AS d JOIN operations AS o ON o.id = d.upload_id
        WHERE d.envelope_id = ANY($1::uuid[]) AND d.replaced_at IS NULL
        ORDER BY d.created_at, d.id
        """,
        list(envelopes),
    )
    found: dict[UUID, list[StoredPicture]] = {}
    for row in rows:
        is_refused = row["state"] == OperationState.REFUSED
        if row["provider_key"] is not None:
            state = PictureState.UPLOADED
        else:
            state = PictureState.REFUSED if is_refused else PictureState.UPLOADING
        measures = (row["width"], row["height"], row["size"])
        document = Document(row["kind"], row["media_type"], *measures, key=row["provider_key"])
        refusal = row["reason"] if state is PictureState.REFUSED else None
        found.setdefault(row["envelope_id"], []).append(
            StoredPicture(
                row["provider"], document, row["sha256"], row["created_at"], state, refusal
            )
        )
    return found


# Of several providers' states of one picture, the first of these is the picture's.
_TELLING: Final = (PictureState.REFUSED, PictureState.UPLOADING, PictureState.UPLOADED)


def sum_up(pictures: Sequence[StoredPicture]) -> Sequence[StoredPicture]:
    """One of a kind, in the order of their age, as the provider has it that has it least."""
    found: dict[PictureKind, StoredPicture] = {}
    for one in sorted(pictures, key=lambda one: _TELLING.index(one.state)):
        found.setdefault(one.kind, one)
    return sorted(found.values(), key=lambda one: one.created_at)
