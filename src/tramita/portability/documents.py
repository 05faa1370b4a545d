"""Use cases of identity pictures: keep one, list them, let go of what they show.

A picture is taken only before its envelope's link is requested, because proposals name
their pictures when they are created. It is handed to the provider at once, so that it is
there, or known to be refused, when the link is wanted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Schedule
from tramita.kit.operations import ledger
from tramita.kit.runtime import Runtime
from tramita.portability.acts import UPLOAD_PICTURE
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.model import PICTURE, Envelope
from tramita.portability.pictures import MEDIA_TYPE, Facts, Looked, PictureKind
from tramita.portability.ports import Document
from tramita.portability.service import EnvelopeCancelled, EnvelopeExpired, get_envelope
from tramita.portability.stored_pictures import PictureState, StoredPicture, find_pictures, sum_up

_AT_ONCE: Final = 1000


class LinkRequestedBefore(ConflictError):
    """The link of this envelope was requested; its pictures can no longer change."""


class PicturesNotNeeded(ConflictError):
    """No contract of this envelope goes to a provider."""


async def find_lenders(work: UnitOfWork, token: UUID) -> Sequence[str]:
    """The providers of an envelope's portabilities; none where there is no such envelope."""
    rows = await work.fetch(
        "SELECT DISTINCT c.provider FROM envelope_contracts AS c "
        "JOIN envelopes AS e ON e.id = c.envelope_id "
        "WHERE e.token = $1 AND c.provider IS NOT NULL ORDER BY c.provider",
        token,
    )
    return [row["provider"] for row in rows]


async def keep_picture(
    work: UnitOfWork,
    token: UUID,
    kind: PictureKind,
    looked: Looked,
    *,
    takes: Callable[[str], bool] = lambda _: True,
) -> StoredPicture:
    """Keep a picture that was looked at, in place of one of the same kind, and upload it.

    ``takes`` says which providers take pictures. Where none of the envelope's does, it is not
    kept, and told to be ``NOT_TAKEN``. The same picture again changes nothing, unless the provider refused it. Raises
    ``EnvelopeNotFound``, ``EnvelopeCancelled``, ``EnvelopeExpired``,
    ``LinkRequestedBefore`` and ``PicturesNotNeeded``.
    """
    envelope = await get_envelope(work, token, lock=True)
    facts = looked.facts
    providers = [one for one in await _wanted_by(work, envelope) if takes(one)]
    if not providers:
        return await _not_taken(work, kind, facts)
    present = await _find(work, envelope, kind)
    if (
        present is not None
        and present.sha256 == facts.sha256
        and present.state is not PictureState.REFUSED
    ):
        return present
    await _replace(work, envelope, kind)
    for provider in providers:
        picture = await _upload(work, envelope, provider)
        await _insert(work, picture, kind, looked)
    kept = await _find(work, envelope, kind)
    assert kept is not None
    return kept


async def _not_taken(work: UnitOfWork, kind: PictureKind, facts: Facts) -> StoredPicture:
    document = Document(kind.value, MEDIA_TYPE, facts.width, facts.height, facts.size)
    state = PictureState.NOT_TAKEN
    return StoredPicture("", document, facts.sha256, await work.now(), state, refusal=None)


async def list_pictures(work: UnitOfWork, token: UUID) -> Sequence[StoredPicture]:
    """The pictures of an envelope, one of a kind; raises ``EnvelopeNotFound``."""
    envelope = await get_envelope(work, token)
    return sum_up((await find_pictures(work, [envelope.id])).get(envelope.id, ()))


async def forget_pictures(runtime: Runtime) -> None:
    """Let go of what pictures show where their envelope has ended; the facts stay."""
    async with runtime.database.unit_of_work(actor="timer") as work:
        await work.fetch(
            """
            UPDATE envelope_documents SET content = '' WHERE id IN (
                SELECT d.id FROM envelope_documents AS d
                JOIN envelopes AS e ON e.id = d.envelope_id
                WHERE d.content <> '' AND e.state NOT IN ('draft', 'formalizing')
                ORDER BY d.id LIMIT $1 FOR UPDATE OF d SKIP LOCKED
            )
            """,
            _AT_ONCE,
        )


async def _wanted_by(work: UnitOfWork, envelope: Envelope) -> Sequence[str]:
    """The providers that get a picture now; raises when it is too late, or when none does."""
    match EnvelopeState(envelope.state):
        case EnvelopeState.CANCELLED:
            raise EnvelopeCancelled
        case EnvelopeState.EXPIRED | EnvelopeState.CONCLUDED:
            raise EnvelopeExpired.at(envelope.expires_at)
        case EnvelopeState.FORMALIZING:
            raise LinkRequestedBefore
        case EnvelopeState.DRAFT:
            if envelope.expires_at <= await work.now():
                raise EnvelopeExpired.at(envelope.expires_at)
    lenders = await find_lenders(work, envelope.token)
    if not lenders:
        raise PicturesNotNeeded
    return lenders


async def _find(work: UnitOfWork, envelope: Envelope, kind: PictureKind) -> StoredPicture | None:
    pictures = sum_up((await find_pictures(work, [envelope.id])).get(envelope.id, ()))
    return next((one for one in pictures if one.kind is kind), None)


async def _replace(work: UnitOfWork, envelope: Envelope, kind: PictureKind) -> None:
    """What was replaced is not wanted any more, nor is what it shows any business of ours."""
    await work.fetch(
        "UPDATE envelope_documents SET replaced_at = tramita_now(), content = '' "
        "WHERE envelope_id = $1 AND kind = $2 AND replaced_at IS NULL",
        envelope.id,
        kind.value,
    )


@dataclass(frozen=True, slots=True)
class _Upload:
    """A picture that is to be kept, and the operation that hands it to a provider."""

    id: UUID
    envelope_id: UUID
    provider: str
    operation_id: UUID


async def _upload(work: UnitOfWork, envelope: Envelope, provider: str) -> _Upload:
    picture = new_id()
    operations = await ledger.prepare(
        work,
        UPLOAD_PICTURE,
        {picture: f"upload_picture:{picture}"},
        provider=provider,
        owners={picture: envelope.id},
    )
    return _Upload(picture, envelope.id, provider, operations[picture])


async def _insert(work: UnitOfWork, upload: _Upload, kind: PictureKind, looked: Looked) -> None:
    facts = looked.facts
    await work.fetch(
        """
        INSERT INTO envelope_documents (id, envelope_id, provider, upload_id, kind, media_type,
                                        width, height, size, sha256, content, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, tramita_now())
        """,
        upload.id,
        upload.envelope_id,
        upload.provider,
        upload.operation_id,
        kind.value,
        MEDIA_TYPE,
        facts.width,
        facts.height,
        facts.size,
        facts.sha256,
        work.keys.encrypt_bytes(looked.content, PICTURE),
    )


SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    Schedule("portability.forget_pictures", "29 * * * *", forget_pictures),
]
