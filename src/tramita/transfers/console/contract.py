"""What the console shows of a transfer's contract: the application that became one."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.showing import Link, Person, Shown, route_of
from tramita.kit.languages.words import to_translate
from tramita.transfers.amounts import told
from tramita.transfers.console.words import (
    APPLICATION_STAMPS,
    OUTLOOK,
    PAYMENT_STAMPS,
)
from tramita.transfers.errors import ApplicationNotFound
from tramita.transfers.lifecycle import ApplicationState as S
from tramita.transfers.lifecycle import PaymentState
from tramita.transfers.service import get_application

_WAY: Final = (
    to_translate("Filled in"),
    to_translate("Priced"),
    to_translate("Conditions accepted"),
    to_translate("In work"),
    to_translate("Completed"),
)
_REACHED: Final[Mapping[S, int]] = {
    S.DRAFT: 0,
    S.SUBMITTED: 0,
    S.NEW_IN_HOUSE: 1,
    S.OFFER_ACCEPTED: 3,
    S.IN_WORK: 4,
    S.COMPLETED: 5,
    S.CANCELLED: 1,
    S.REJECTED: 1,
}


async def show_application(work: UnitOfWork, contract_id: UUID) -> Shown | None:
    """How an application stands; none where there is none of this id."""
    try:
        one = await get_application(work, contract_id)
    except ApplicationNotFound:
        return None
    state = S(one.state)
    payer = one.form.payer
    money = PAYMENT_STAMPS[PaymentState(one.payment_state)]
    return Shown(
        stamp=APPLICATION_STAMPS[state],
        route=route_of(
            _WAY,
            reached=_REACHED[state],
            is_over=state in {S.CANCELLED, S.REJECTED},
            is_bad=state is S.REJECTED,
        ),
        waits=OUTLOOK[state],
        facts=[(to_translate("Number in 1C"), one.onec_number)] if one.onec_number else [],
        money=[
            *([(to_translate("Amount"), told(one.amount, one.currency))] if one.amount else ()),
            (to_translate("Money"), money.word),
        ],
        people=[Person(role=to_translate("Payer"), name=payer.name, document=payer.inn)]
        if one.erased_at is None
        else [],
        links=[
            *([Link(to_translate("Its chat"), "chat", one.chat_id)] if one.chat_id else ()),
        ],
        page=Link(to_translate("The application"), "application", one.id),
    )
