"""Documents of a chat's applications, as somebody in the Mini App may have them."""

from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.transfers.errors import DocumentNotFound
from tramita.transfers.model import Application, ApplicationDocument
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.guests import Guest


async def get_shown(work: UnitOfWork, guest: Guest, document_id: UUID) -> ApplicationDocument:
    """A document of any application of the guest's chat that is for them.

    Raises ``DocumentNotFound``, as of one that is not there.
    """
    document = await work.session.get(ApplicationDocument, document_id)
    if document is None:
        raise DocumentNotFound(id=document_id)
    application = await work.session.get(Application, document.application_id)
    if application is None or application.chat_id != guest.chat.id:
        raise DocumentNotFound(id=document_id)
    if guest.who.role is Role.CLIENT and not document.is_for_client:
        raise DocumentNotFound(id=document_id)
    return document
