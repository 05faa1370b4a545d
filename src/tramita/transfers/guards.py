"""What must be so for an application to move, besides its state and whoever moves it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import get_tenant
from tramita.transfers.errors import (
    AgentNotWhitelisted,
    ClosingDocumentsMissing,
    InvalidTransition,
    OnecInWork,
    OnecRefused,
    ReasonMissing,
    RoleForbidden,
    StatusForbids,
    TelegramChannelDisabled,
)
from tramita.transfers.lifecycle import (
    APPLICATION,
    CHOSEN,
    OPEN_OFFERS,
    PAYMENT,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.model import Application
from tramita.transfers.rules.faults import expect_complete
from tramita.transfers.rules.fields import Fields
from tramita.transfers.rules.kinds import TRAITS, Kind
from tramita.transfers.rules.permissions import (
    Action,
    action_of,
    action_of_payment,
    allowed_moves,
    allowed_payment_moves,
    may,
    must_say_why,
)
from tramita.transfers.rules.roles import Role
from tramita.transfers.settings import TransferSettings
from tramita.transfers.who import Who, get_active_agent

IN_WORK: Final = "in_work"
"""What 1C calls an application that somebody there works on."""
CLOSING_KINDS: Final = ("act", "agent_report", "closing_set")
"""Documents with which an application is completed."""
# 1C has the money, or had it.
_FUNDED: Final = frozenset(
    {PaymentState.FUNDS_RECEIVED, PaymentState.PAID_OUT, PaymentState.CONFIRMED}
)
_HAD_FUNDS: Final = """
    SELECT FROM history WHERE subject_id = $1 AND subject = 'applications' AND to_state = ANY($2::text[])
    LIMIT 1
"""

# 1C's own invoice is another: it says what the client pays.
_INVOICE: Final = """
    SELECT FROM application_documents
    WHERE application_id = $1 AND origin = 'person' AND kind = 'invoice' AND file IS NOT NULL LIMIT 1
"""
# A day has come when it has come somewhere.
_FIRST_ZONE: Final = timedelta(hours=14)

Guard: TypeAlias = Callable[[UnitOfWork, Application, str | None], Awaitable[None]]


async def check_move(
    work: UnitOfWork,
    application: Application,
    trigger: ApplicationTrigger,
    who: Who,
    reason: str | None,
) -> None:
    """Raise what forbids a locked application this move; nothing: it is allowed."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    target = APPLICATION.targets(trigger)
    if state not in target:
        allowed = sorted({one.value for one in allowed_moves(who.role, state, kind).values()})
        [to] = set(target.values())
        raise InvalidTransition(from_=state.value, to=to.value, allowed=allowed)
    _check_role(who, state, action_of(trigger), kind, reason)
    guard = _GUARDS.get(trigger)
    if guard is not None:
        await guard(work, application, reason)


def check_payment_move(
    application: Application, trigger: PaymentTrigger, who: Who, reason: str | None
) -> bool:
    """Raise what forbids the money of a locked application this move; False: it has made it."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    payment = PaymentState(application.payment_state)
    _check_role(who, state, action_of_payment(trigger), kind, reason)
    targets = PAYMENT.targets(trigger)
    if payment in set(targets.values()) - {PaymentState.NONE}:
        return False
    if payment not in targets:
        moves = allowed_payment_moves(who.role, state, payment, kind)
        allowed = sorted({one.value for one in moves.values()})
        to = next(iter(targets.values()))
        raise InvalidTransition(from_=payment.value, to=to.value, allowed=allowed)
    return True


async def may_take_back(work: UnitOfWork, application: Application, role: Role) -> bool:
    """Whether the client's word that the money was sent is theirs to take back still."""
    said = application.payment_moved_at
    if role is not Role.CLIENT or said is None:
        return True
    fresh = timedelta(minutes=work.configured(TransferSettings).take_back_minutes)
    return await work.now() - said <= fresh


async def check_taking_back(
    work: UnitOfWork, application: Application, trigger: PaymentTrigger, who: Who
) -> None:
    """Raise ``StatusForbids`` where a client takes back too late what others have acted upon."""
    if trigger is not PaymentTrigger.TAKE_BACK:
        return
    if not await may_take_back(work, application, who.role):
        raise StatusForbids(state=application.payment_state, what="it was said too long ago")


def _check_role(
    who: Who, state: ApplicationState, action: Action, kind: Kind, reason: str | None
) -> None:
    if not may(who.role, state, action, kind=kind):
        raise RoleForbidden(role=who.role, action=action)
    if must_say_why(who.role, state, action, kind) and not (reason or "").strip():
        raise ReasonMissing


async def _can_be_submitted(work: UnitOfWork, application: Application, _: str | None) -> None:
    await expect_form(work, application, application.form, ApplicationTrigger.SUBMIT)


async def _can_count(work: UnitOfWork, application: Application, _: str | None) -> None:
    """Everything is there and right, and whoever is to make the payment may."""
    await expect_countable(work, application, application.form)
    if not TRAITS[Kind(application.kind)].is_in_onec:
        return
    tenant = await get_tenant(work, application.tenant)
    if not tenant.is_master:
        raise TelegramChannelDisabled
    if application.agent_id is None:
        raise AgentNotWhitelisted
    await get_active_agent(work, application.agent_id)


async def _can_be_taken_back(work: UnitOfWork, application: Application, _: str | None) -> None:
    rows = await work.fetch(
        "SELECT FROM offers WHERE application_id = $1 AND state = ANY($2::text[]) LIMIT 1",
        application.id,
        sorted(OPEN_OFFERS | CHOSEN),
    )
    if rows or application.onec_status == IN_WORK:
        raise OnecInWork


async def _can_be_cancelled(work: UnitOfWork, application: Application, _: str | None) -> None:
    """1C has none of its money; behind a problem it may have it still."""
    if application.payment_state in _FUNDED:
        raise OnecRefused
    if application.payment_state == PaymentState.PROBLEM:
        rows = await work.fetch(_HAD_FUNDS, application.id, sorted(_FUNDED))
        if rows:
            raise OnecRefused


async def _can_be_completed(work: UnitOfWork, application: Application, reason: str | None) -> None:
    if (reason or "").strip():
        return
    rows = await work.fetch(
        "SELECT FROM application_documents WHERE application_id = $1 AND kind = ANY($2::text[]) "
        "LIMIT 1",
        application.id,
        CLOSING_KINDS,
    )
    if not rows:
        raise ClosingDocumentsMissing


async def expect_form(
    work: UnitOfWork,
    application: Application,
    form: Fields,
    trigger: ApplicationTrigger,
    *,
    lacks_invoice: bool = False,
) -> None:
    """Everything is filled in, right, and within its tenant's limits; raises ``InvalidError``."""
    today = (await work.now() + _FIRST_ZONE).date()
    tenant = await get_tenant(work, application.tenant)
    kind, limits = Kind(application.kind), tenant.amount_limits
    expect_complete(form, kind, trigger, today, limits, lacks_invoice=lacks_invoice)


async def expect_countable(work: UnitOfWork, application: Application, form: Fields) -> None:
    """The same of a form with which an application is to count, and its invoice is there."""
    await expect_form(
        work,
        application,
        form,
        ApplicationTrigger.CHECK,
        lacks_invoice=await lacks_invoice(work, application),
    )


async def lacks_invoice(work: UnitOfWork, application: Application) -> bool:
    """Whether 1C is to price it, and nobody has brought what is to be paid."""
    if not TRAITS[Kind(application.kind)].is_in_onec:
        return False
    rows = await work.fetch(_INVOICE, application.id)
    return not rows


_GUARDS: Final[Mapping[ApplicationTrigger, Guard]] = {
    ApplicationTrigger.SUBMIT: _can_be_submitted,
    ApplicationTrigger.CHECK: _can_count,
    ApplicationTrigger.REOPEN_DRAFT: _can_be_taken_back,
    ApplicationTrigger.CANCEL: _can_be_cancelled,
    ApplicationTrigger.COMPLETE: _can_be_completed,
}
