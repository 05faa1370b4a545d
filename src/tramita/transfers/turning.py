"""Moves that are asked for by where they lead."""

from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.transfers.errors import InvalidTransition, invalid
from tramita.transfers.lifecycle import (
    APPLICATION,
    PAYMENT,
    ApplicationState,
    PaymentState,
)
from tramita.transfers.model import Application
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import allowed_moves, allowed_payment_moves
from tramita.transfers.service import move_locked, move_locked_payment
from tramita.transfers.who import Who


async def turn_application(
    work: UnitOfWork,
    application_id: UUID,
    to: str,
    who: Who,
    reason: str | None = None,
    version: int | None = None,
) -> Application:
    """Have an application be ``to``; raises ``InvalidTransition`` and whatever forbids the move."""
    if to not in set(ApplicationState):
        raise invalid("to", "unknown_status", f'No application is "{to}".')
    application = await lock_application(work, application_id, version)
    state = ApplicationState(application.state)
    trigger = APPLICATION.trigger_to(state, ApplicationState(to))
    if trigger is None:
        moves = allowed_moves(who.role, state, Kind(application.kind))
        raise _nowhere(state.value, to, [one.value for one in moves.values()])
    return await move_locked(work, application, trigger, who, reason)


async def turn_payment(
    work: UnitOfWork,
    application_id: UUID,
    to: str,
    who: Who,
    reason: str | None = None,
    version: int | None = None,
) -> Application:
    """Have its money be ``to``; where it is already nothing changes. Raises as above."""
    if to not in set(PaymentState):
        raise invalid("to", "unknown_status", f'No payment is "{to}".')
    application = await lock_application(work, application_id, version)
    state, payment = ApplicationState(application.state), PaymentState(application.payment_state)
    if payment == to:
        return application
    trigger = PAYMENT.trigger_to(payment, PaymentState(to))
    if trigger is None:
        moves = allowed_payment_moves(who.role, state, payment, Kind(application.kind))
        raise _nowhere(payment.value, to, [one.value for one in moves.values()])
    return await move_locked_payment(work, application, trigger, who, reason)


def _nowhere(state: str, to: str, allowed: list[str]) -> InvalidTransition:
    return InvalidTransition(from_=state, to=to, allowed=sorted(set(allowed)))
