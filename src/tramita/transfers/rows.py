"""Applications as rows: locked in one order, their form written with its revisions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from msgspec import to_builtins

from tramita.kit.database.records import get_row
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.acts import TELL_PAYMENT
from tramita.transfers.errors import VersionConflict
from tramita.transfers.lifecycle import ApplicationState, ApplicationTrigger, PaymentTrigger
from tramita.transfers.model import APPLICATIONS, PAYMENTS, Application, ApplicationRevision
from tramita.transfers.office.messages import KINDS
from tramita.transfers.people import read_inn, read_payer_name
from tramita.transfers.rules.faults import amount_of
from tramita.transfers.rules.fields import Fields
from tramita.transfers.who import Who

# By which column it is known when an application came to a state.
_STAMPS: Final[Mapping[ApplicationState, str]] = {
    ApplicationState.NEW_IN_HOUSE: "in_house_at",
    ApplicationState.OFFER_ACCEPTED: "read_only_at",
    ApplicationState.IN_WORK: "in_work_at",
    ApplicationState.COMPLETED: "finished_at",
    ApplicationState.CANCELLED: "finished_at",
    ApplicationState.REJECTED: "finished_at",
}
# Later than the end, and than a word on the money that was wanted: whoever waited for those who wrote
# that down has begun before them, and comes after them.
_MOVED_AT: Final = """
    SELECT greatest(tramita_now(), max(b.at) + interval '1 microsecond') AS at FROM (
        SELECT finished_at AS at FROM applications WHERE id = $1
        UNION ALL
        SELECT created_at FROM office_messages
        WHERE subject_id = $1 AND kind = $2 AND direction = 'out'
    ) AS b WHERE b.at > tramita_now()
"""


async def hold_beginnings(work: UnitOfWork, chat_ids: Collection[UUID]) -> None:
    """Have nobody else begin an application in these chats until the unit of work ends."""
    for one in sorted(chat_ids):
        await work.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", one)


async def lock_applications(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Have applications stay as they are until the unit of work ends; their contracts before them.

    While an application is waited for, it may get its contract. Then it is let go and taken anew:
    somebody else may hold the contract by now, and wait for the application.
    """
    while True:
        contracts = await lock_rows(work, "contracts", ids)
        if len(contracts) == len(set(ids)):
            await lock_rows(work, "applications", ids)
            return
        await work.fetch("SAVEPOINT before_applications")
        rows = await lock_rows(work, "applications", ids, "contract_id")
        if len(contracts) == sum(row["contract_id"] is not None for row in rows):
            return
        await work.fetch("ROLLBACK TO SAVEPOINT before_applications")


async def lock_application(
    work: UnitOfWork, application_id: UUID, version: int | None = None
) -> Application:
    """One application, which stays as it is until the unit of work ends; contracts first.

    Raises ``ApplicationNotFound``, and ``VersionConflict`` where it is not at ``version``, if given.
    """
    await lock_applications(work, [application_id])
    application = await get_row(work, Application, application_id)
    if version is not None and version != application.version:
        raise VersionConflict(given=version, version=application.version)
    return application


async def write_form(
    work: UnitOfWork, application: Application, form: Fields, changed: Sequence[str], who: Who
) -> None:
    """Let ``form`` stand in a new or locked application, and keep it as a revision more."""
    written: dict[str, Any] = to_builtins(form)
    application.fields = written
    application.amount = amount_of(form)
    application.currency = form.money.currency if application.amount is not None else None
    application.deadline = _day_of(form.terms.deadline)
    application.payer_hash = read_inn(written)
    application.payer_name_hash = read_payer_name(written)
    application.revision += 1
    application.updated_at = await work.now()
    work.session.add(application)
    await work.session.flush()
    work.session.add(
        ApplicationRevision(
            application_id=application.id,
            revision=application.revision,
            fields=written,
            changed=list(changed),
            actor=who.name,
            source=who.role.value,
            at=application.updated_at,
        )
    )
    await work.session.flush()


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def advance(
    work: UnitOfWork, application: Application, trigger: ApplicationTrigger, reason: str | None
) -> str:
    """Move a locked application; answers where it was. Raises ``TransitionNotAllowed``."""
    before = application.state
    await APPLICATIONS.move_one(work, application.id, trigger, cause=reason)
    await work.session.refresh(application, ["state"])
    stamp = _STAMPS.get(ApplicationState(application.state))
    application.updated_at = await work.now()
    if stamp is not None:
        setattr(application, stamp, application.updated_at)
    application.reason = reason
    application.version += 1
    await work.session.flush()
    return before


async def advance_payment(
    work: UnitOfWork, application: Application, trigger: PaymentTrigger, reason: str | None
) -> str:
    """Move the money of a locked application; answers where it was. Raises ``TransitionNotAllowed``."""
    before = application.payment_state
    await PAYMENTS.move_one(work, application.id, trigger, cause=reason)
    await work.session.refresh(application, ["payment_state"])
    rows = await work.fetch(_MOVED_AT, application.id, KINDS[TELL_PAYMENT.name])
    application.payment_moved_at = application.updated_at = rows[0]["at"]
    application.version += 1
    await work.session.flush()
    return before
