"""Files that were sent in an application's chat, and how one of them becomes its document.

People put an invoice into the group before anybody has begun an application, or instead of adding it to
one. It is taken as it lies there: nobody has to save it and bring it once more.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tramita.chats.attaching import hold_asset
from tramita.chats.errors import AssetNotFound
from tramita.chats.queries import FileView, list_files
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import StoredFile
from tramita.transfers.documents import DocumentKind, DocumentView, NewDocument, add_document
from tramita.transfers.errors import TypeNotAllowed
from tramita.transfers.model import Application, ApplicationDocument
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.files import TAKEN
from tramita.transfers.service import check_may_edit
from tramita.transfers.who import Who

# Whoever looks for an older one brings it.
_MOST: Final = 10


async def list_attached(
    work: UnitOfWork, application: Application, documents: Sequence[DocumentView]
) -> list[FileView]:
    """What an application's chat has, newest first, and is none of its ``documents`` yet."""
    if application.chat_id is None:
        return []
    known = {one.sha256 for one in documents}
    found = await list_files(work, application.chat_id, TAKEN, limit=_MOST)
    return [one for one in found if one.sha256 not in known]


async def take_attached(
    work: UnitOfWork, application_id: UUID, asset_id: UUID, kind: DocumentKind, who: Who
) -> tuple[ApplicationDocument, bool]:
    """Make a file of the application's own chat its document; False: it was that already.

    By whoever may change the form, as long as that can be changed. Raises ``ApplicationNotFound``,
    ``ReadOnly``, ``RoleForbidden``, ``AssetNotFound`` and ``TypeNotAllowed``.
    """
    application = await lock_application(work, application_id)
    await check_may_edit(work, application, who)
    if application.chat_id is None:
        raise AssetNotFound(id=asset_id)
    held = await hold_asset(work, application.chat_id, asset_id)
    if held.media_type not in TAKEN:
        raise TypeNotAllowed(media_type=held.media_type)
    new = NewDocument(
        kind,
        held.name or kind.value,
        StoredFile(held.file, held.size, held.media_type),
        bytes.fromhex(held.sha256),
        source_message=held.message_id,
    )
    return await add_document(work, application_id, new, who)
