"""What 1C tells of its own accord: conditions, what it corrects in a form, how things stand.

Each may come twice, late, or about something that has moved on: then 1C is told so, and nothing has
changed.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.money import Money, NotAnAmount
from tramita.transfers.errors import (
    AlreadyAccepted,
    InvalidTransition,
    StaleRevision,
    StatusForbids,
    invalid,
)
from tramita.transfers.following import CHANGED, follow_conditions, topic_of
from tramita.transfers.guards import IN_WORK
from tramita.transfers.lifecycle import (
    APPLICATION,
    PAYMENT,
    ApplicationState,
    OfferTrigger,
    PaymentState,
)
from tramita.transfers.model import Application, Offer
from tramita.transfers.offers import (
    Source,
    Terms,
    consider,
    find_chosen,
    move_offer,
    supersede_open,
    write_offer,
)
from tramita.transfers.office.records import forget_refused_form
from tramita.transfers.ports import Conditions, Corrections, StatusTold
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.countries import decimals_of
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import edit_application, move_locked, move_locked_payment
from tramita.transfers.who import Who, get_active_agent

S = TypeVar("S")

# Digits behind the comma that a rate and a percentage may have.
_RATE_DIGITS: Final = 8
_PERCENT_DIGITS: Final = 4
_HUNDRED: Final = 100


def operator(name: str) -> Who:
    """Somebody at 1C, by the name that 1C gives."""
    return Who(Role.ONEC, f"onec:{name}")


async def take_conditions(work: UnitOfWork, application_id: UUID, said: Conditions) -> Offer:
    """Take what 1C has worked out as an offer, and accept it unless something is against it.

    The same message again answers the same offer. Raises ``ApplicationNotFound``,
    ``StatusForbids``, ``StaleRevision``, ``AlreadyAccepted``, ``AgentNotWhitelisted`` and
    ``InvalidError``; then nothing has changed.
    """
    application = await lock_application(work, application_id)
    known = await _find_known(work, application_id, said.message_no)
    if known is not None:
        return known
    _check_awaited(application, said)
    terms = _read_terms(application, said)
    if application.agent_id is None:
        raise StatusForbids(state=application.state, what="nobody is its agent")
    source = Source(application.agent_id, said.operator, said.message_no)
    chosen = await find_chosen(work, application_id)
    if chosen is not None:
        return await _replace(work, application, chosen, source, terms, supersedes=said.supersedes)
    await supersede_open(work, application)
    offer = await write_offer(work, application, source, terms)
    return await consider(work, application) or offer


async def _find_known(work: UnitOfWork, application_id: UUID, message_no: int) -> Offer | None:
    rows = await work.fetch(
        "SELECT id FROM offers WHERE application_id = $1 AND message_no = $2",
        application_id,
        message_no,
    )
    return await work.session.get(Offer, rows[0]["id"], populate_existing=True) if rows else None


def _check_awaited(application: Application, said: Conditions) -> None:
    """1C may give conditions now, and has worked them out for what stands in the form."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not may(Role.ONEC, state, Action.GIVE_CONDITIONS, kind=kind):
        raise StatusForbids(state=state, what="no conditions are awaited")
    if said.revision != application.revision:
        raise StaleRevision(given=said.revision, revision=application.revision)


async def _replace(
    work: UnitOfWork,
    application: Application,
    chosen: Offer,
    source: Source,
    terms: Terms,
    *,
    supersedes: bool,
) -> Offer:
    """Other conditions for an application that has some, as long as there is no money."""
    if not supersedes or application.payment_state != PaymentState.NONE:
        raise AlreadyAccepted
    await get_active_agent(work, source.agent_id)
    offer = await write_offer(work, application, source, terms, supersedes=chosen.id)
    await move_offer(work, application, chosen, OfferTrigger.SUPERSEDE)
    await move_offer(work, application, offer, OfferTrigger.AUTO_ACCEPT)
    application.version += 1
    application.updated_at = await work.now()
    await work.session.flush()
    await follow_conditions(work, application)
    return offer


def _read_terms(application: Application, said: Conditions) -> Terms:
    """What was said, where it can be so; raises ``InvalidError`` with everything that cannot."""
    errors = list(_faults(application, said))
    payer = _money(said.payer_amount, said.payer_currency, "payer_amount", errors)
    payout = _money(said.payout_amount, said.payout_currency, "payout_amount", errors)
    if errors or payer is None or payout is None:
        raise InvalidError(errors)
    return Terms(
        payer=payer,
        payout=payout,
        rate=said.rate,
        commission_percent=said.commission_percent,
        commission_fixed=said.commission_fixed,
        account=said.account,
        conditions=said.text,
        valid_until=said.valid_until,
    )


def _money(
    amount: Decimal | None, currency: str, path: str, errors: list[FieldError]
) -> Money | None:
    if amount is None:
        errors.append(FieldError(path, "missing", "An amount is needed."))
        return None
    try:
        money = Money(amount, currency)
    except NotAnAmount as error:
        errors.append(FieldError(path, "invalid_amount", str(error)))
        return None
    if _is_finer(amount, decimals_of(currency)):
        errors.append(FieldError(path, "invalid_amount", f"{currency} has no such decimals."))
    if money.amount <= 0:
        errors.append(FieldError(path, "invalid_amount", "An amount is more than nothing."))
    return money


def _faults(application: Application, said: Conditions) -> Iterator[FieldError]:
    asked = application.form.money
    wanted = asked.payout_currency or asked.currency
    if said.payout_currency != wanted:
        message = f"The application asks for {wanted}."
        yield FieldError("payout_currency", "wrong_currency", message)
    if said.agent_id is not None and said.agent_id != str(application.agent_id):
        yield FieldError("agent_id", "wrong_agent", "The application is another agent's.")
    if said.rate is None and said.payer_currency != said.payout_currency:
        yield FieldError("rate", "missing", "Between two currencies there is a rate.")
    if said.rate is not None and (_is_finer(said.rate, _RATE_DIGITS) or said.rate <= 0):
        yield FieldError("rate", "invalid_rate", "A rate is more than 0, with 8 decimals at most.")
    percent = said.commission_percent
    if percent is not None and (
        _is_finer(percent, _PERCENT_DIGITS) or not 0 <= percent <= _HUNDRED
    ):
        message = "A percentage is 0 to 100, with 4 decimals at most."
        yield FieldError("commission_percent", "invalid_commission", message)
    fixed = said.commission_fixed
    if fixed is not None and (_is_finer(fixed, 2) or fixed < 0):
        message = "A commission is not less than nothing, with 2 decimals at most."
        yield FieldError("commission_fixed", "invalid_commission", message)


def _is_finer(number: Decimal, digits: int) -> bool:
    """Whether a number has more digits behind the comma, or is none."""
    return not number.is_finite() or number != round(number, digits)


async def take_corrections(
    work: UnitOfWork, application_id: UUID, said: Corrections
) -> Application:
    """Take what 1C corrects in a form: a revision more, which its document has already.

    Nobody else changes a form that is closed. What people agreed to is nobody's to correct. Raises
    ``ApplicationNotFound``, ``StaleRevision``, ``ReadOnly`` and ``InvalidError``; then nothing has changed.
    """
    application = await lock_application(work, application_id)
    if said.revision != application.revision + 1:
        raise StaleRevision(given=said.revision, revision=application.revision)
    if "consent" in said.fields:
        raise invalid("consent", "not_theirs", "Nobody agrees for somebody else.")
    corrected = await edit_application(
        work, application_id, said.fields, None, operator(said.operator)
    )
    await forget_refused_form(work, application_id)
    return corrected


async def take_status(work: UnitOfWork, application_id: UUID, said: StatusTold) -> Application:
    """Take how 1C says that an application and its payment stand; saying it again changes nothing.

    Work that was begun before there are conditions is kept in mind until there are. Money that moves
    when everything is over is taken down as it is, whatever the message says besides. Raises
    ``ApplicationNotFound``, ``InvalidTransition``, ``ReasonMissing``, ``ClosingDocumentsMissing`` and
    ``InvalidError`` for a word that nobody knows.
    """
    who, reason = operator(said.operator), said.comment or None
    application = await lock_application(work, application_id)
    wanted = said.status and _read(ApplicationState, said.status, "status")
    payment = said.payment_status and _read(PaymentState, said.payment_status, "payment_status")
    if wanted:
        await _note_state(work, application, wanted)
        # What is over stays so; its money is true all the same.
        if not (payment and application.state in APPLICATION.final):
            application = await _take_state(work, application, wanted, who, reason)
    if payment:
        application = await _take_payment(work, application, payment, who, reason)
    return application


def _read(states: Callable[[str], S], word: str, path: str) -> S:
    try:
        return states(word)
    except ValueError:
        raise invalid(path, "unknown_status", f'There is no "{word}".') from None


async def _note_state(work: UnitOfWork, application: Application, wanted: ApplicationState) -> None:
    application.onec_status = IN_WORK if wanted is ApplicationState.IN_WORK else wanted.value
    await work.session.flush()
    work.publish(topic_of(application.id), CHANGED)


async def _take_state(
    work: UnitOfWork,
    application: Application,
    wanted: ApplicationState,
    who: Who,
    reason: str | None,
) -> Application:
    state = ApplicationState(application.state)
    is_early = wanted is ApplicationState.IN_WORK and state is ApplicationState.NEW_IN_HOUSE
    if is_early or state is wanted:
        return application
    trigger = APPLICATION.trigger_to(state, wanted)
    if trigger is None:
        allowed = [one.value for one in APPLICATION.table.get(state, {}).values()]
        raise InvalidTransition(from_=state.value, to=wanted.value, allowed=allowed)
    return await move_locked(work, application, trigger, who, reason)


async def _take_payment(
    work: UnitOfWork, application: Application, wanted: PaymentState, who: Who, reason: str | None
) -> Application:
    state = PaymentState(application.payment_state)
    if state is wanted:
        return application
    trigger = PAYMENT.trigger_to(state, wanted)
    if trigger is None:
        allowed = [one.value for one in PAYMENT.table.get(state, {}).values()]
        raise InvalidTransition(from_=state.value, to=wanted.value, allowed=allowed)
    return await move_locked_payment(work, application, trigger, who, reason)
