"""Applications as a back office is told of them, read when an act is carried out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tramita.chats.registry import get_chats
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.kind import ActName
from tramita.transfers.lifecycle import ACTIVE, UNCHECKED, ApplicationState
from tramita.transfers.model import (
    Agent,
    Application,
    ApplicationDocument,
    DocumentOrigin,
)
from tramita.transfers.office.messages import numbers_of
from tramita.transfers.ports import AttachedFile, OfficeApplication

FILES: Final = "/api/onec/v1/applications/{application}/files/{file}"

WANTED: Final = ACTIVE - UNCHECKED
# What people put there is told as long as it is not given up; when it is done, too.
DOCUMENTED: Final = WANTED | {ApplicationState.COMPLETED}


@dataclass(frozen=True, slots=True)
class Sending:
    """An application to be told of; ``ref`` is its document's, where it is there."""

    application: OfficeApplication
    tenant: str
    state: ApplicationState
    ref: str | None
    reason: str | None

    @property
    def is_wanted(self) -> bool:
        """Whether it counts, and is not over."""
        return self.state in WANTED


async def load_sendings(
    work: UnitOfWork, act: ActName, ids: Sequence[UUID]
) -> Mapping[UUID, Sending]:
    """Applications as they are now, with the numbers of the messages of ``act``."""
    query = select(Application).where(Application.id.in_(ids))
    applications = (
        await work.session.scalars(query.execution_options(populate_existing=True))
    ).all()
    agents = await _agents(work, [one.agent_id for one in applications if one.agent_id])
    chats = await get_chats(work, [one.chat_id for one in applications if one.chat_id])
    numbers = await numbers_of(work, act, ids)
    files = await load_files(work, ids)
    return {
        one.id: Sending(
            OfficeApplication(
                str(one.id),
                one.revision,
                numbers.get(one.id, 0),
                chats[one.chat_id].title if one.chat_id in chats else "",
                agents.get(one.agent_id, "") if one.agent_id else "",
                one.fields,
                files[one.id],
            ),
            one.tenant,
            ApplicationState(one.state),
            one.onec_ref,
            one.reason,
        )
        for one in applications
    }


async def _agents(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, str]:
    found = await work.session.scalars(select(Agent).where(Agent.id.in_(ids)))
    return {one.id: one.name for one in found}


async def load_files(
    work: UnitOfWork, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[AttachedFile, ...]]:
    """What people put there; what came from the office is not sent back."""
    query = (
        select(ApplicationDocument)
        .where(
            ApplicationDocument.application_id.in_(ids),
            ApplicationDocument.origin == DocumentOrigin.PERSON.value,
            ApplicationDocument.file.is_not(None),
        )
        .order_by(ApplicationDocument.id)
    )
    files: defaultdict[UUID, list[AttachedFile]] = defaultdict(list)
    for one in await work.session.scalars(query):
        address = FILES.format(application=one.application_id, file=one.id)
        files[one.application_id].append(
            AttachedFile(str(one.id), one.kind, one.name, one.size, one.sha256.hex(), address)
        )
    return {id_: tuple(files[id_]) for id_ in ids}
