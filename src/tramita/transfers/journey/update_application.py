"""``transfers.update_application``: the office takes a later form, or takes up what was given up.

A revision that it has already is not sent again. What it does not know any more is lost there: a
person has to see that, because another document of the application would be one too many.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.transfers.acts import UPDATE
from tramita.transfers.journey.ending import refuse_marked
from tramita.transfers.journey.send_application import (
    AT_ONCE,
    record_found,
    repeatable,
    why_not,
)
from tramita.transfers.office.loading import Sending, load_sendings
from tramita.transfers.ports import BackOffice, OfficeDocument, OfficeRefusal

_GONE: Final = "it has no document of it any more"


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Sending]:
    return await load_sendings(work, UPDATE, ids)


async def _update(office: BackOffice, one: Sending, attempt: Attempt) -> Outcome[OfficeDocument]:
    return await office.update_application(one.application, attempt)


async def _find(
    office: BackOffice, one: Sending, attempt: Attempt
) -> Outcome[OfficeDocument] | None:
    found = await office.find_application(one.application.external_id, attempt)
    match found:
        case Done(document):
            if document is None:
                return Refused(OfficeRefusal.APPLICATION_UNKNOWN, _GONE)
            has_it = document.accepted_revision >= one.application.revision
            return Done(document) if has_it and not document.is_cancelled else None
        case Refused() | Pending() | NotSent() | Unknown():
            return found
        case _:
            assert_never(found)


UPDATING: Final[Act[Sending, OfficeDocument]] = Act(
    name=UPDATE,
    load=_load,
    call=_update,
    ask=_find,
    unwanted=why_not,
    record=partial(record_found, UPDATE),
    refuse=partial(refuse_marked, UPDATE),
    reference=lambda document: document.ref,
    caution=repeatable,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
