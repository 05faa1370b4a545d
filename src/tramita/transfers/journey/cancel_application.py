"""``transfers.cancel_application``: the office gives an application up that is given up here.

It may be repeated. Where the office says that it is too late, money has moved there: the agent is
shown its words, and what happens to the application is decided by people.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.transfers.acts import CANCEL
from tramita.transfers.journey.ending import begin_ending, end, refuse_marked, subjects_of
from tramita.transfers.journey.send_application import AT_ONCE, repeatable
from tramita.transfers.naming.reasons import STILL_UNDER_WAY
from tramita.transfers.office.loading import Sending, load_sendings
from tramita.transfers.office.records import record_cancelled
from tramita.transfers.ports import BackOffice

_NO_REASON: Final = "-"


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Sending]:
    return await load_sendings(work, CANCEL, ids)


def _why_not(one: Sending) -> str | None:
    return STILL_UNDER_WAY if one.is_wanted else None


async def _cancel(office: BackOffice, one: Sending, attempt: Attempt) -> Outcome[None]:
    reason = one.reason or _NO_REASON
    return await office.cancel_application(one.application.external_id, reason, attempt)


async def _find(office: BackOffice, one: Sending, attempt: Attempt) -> Outcome[None] | None:
    found = await office.find_application(one.application.external_id, attempt)
    match found:
        case Done(document):
            return Done(None) if document is None or document.is_cancelled else None
        case Refused() | Pending() | NotSent() | Unknown():
            return found
        case _:
            assert_never(found)


async def _record(work: UnitOfWork, results: Sequence[Result[Sending, None]]) -> None:
    await begin_ending(work, results)
    await record_cancelled(work, subjects_of(results, OperationTrigger.DONE))
    await end(work, CANCEL, results)


CANCELLING: Final[Act[Sending, None]] = Act(
    name=CANCEL,
    load=_load,
    call=_cancel,
    ask=_find,
    unwanted=_why_not,
    record=_record,
    refuse=partial(refuse_marked, CANCEL),
    reference=lambda _: None,
    caution=repeatable,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
