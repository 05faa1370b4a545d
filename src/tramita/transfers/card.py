"""What is written into an application's chat: one card that says how it stands, and its documents.

Everybody in the chat reads it, so nothing of 1C's own, no account and no name of a bank is in it.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from tramita.chats.cards import show
from tramita.chats.letters import OPEN
from tramita.chats.ports import Button, Text
from tramita.chats.sending import NewDocument, send_document, send_text
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words, to_translate, words_in
from tramita.transfers.amounts import written
from tramita.transfers.lifecycle import GIVEN_UP, ApplicationState, PaymentState
from tramita.transfers.model import Application, ApplicationDocument
from tramita.transfers.naming.documents import DOCUMENTS
from tramita.transfers.settings import TransferSettings

S, P = ApplicationState, PaymentState

_STATES: Final[Mapping[ApplicationState, str]] = {
    S.DRAFT: to_translate("The application is being filled in."),
    S.SUBMITTED: to_translate("The application is filled in and will be checked by the agent."),
    S.NEW_IN_HOUSE: to_translate("The application is checked. Conditions are being worked out."),
    S.OFFER_ACCEPTED: to_translate("The conditions are accepted; the form is closed."),
    S.IN_WORK: to_translate("The application is in work."),
    S.COMPLETED: to_translate("The application is completed."),
    S.CANCELLED: to_translate("The application is cancelled."),
    S.REJECTED: to_translate("The application is rejected."),
}
_PAYMENTS: Final[Mapping[PaymentState, str]] = {
    P.TEST_SENT: to_translate("A test payment was sent."),
    P.TEST_OK: to_translate("The test payment has come."),
    P.CLIENT_SENT: to_translate("The client has sent the payment."),
    P.FUNDS_RECEIVED: to_translate("The client’s payment has come."),
    P.PAID_OUT: to_translate("The beneficiary was paid."),
    P.CONFIRMED: to_translate("The beneficiary has the money."),
    P.RETURNED: to_translate("The payment came back."),
    P.PROBLEM: to_translate("There is a problem with the payment."),
}
# What comes of money when nothing is under way any more. It is the client's, so these are written as
# messages as well: nobody is told that a card was edited.
_STRANDED: Final[Mapping[PaymentState, str]] = {
    P.FUNDS_RECEIVED: to_translate(
        "Money has come for this payment although the application is closed. It is not paid on; the "
        "agent arranges that it is sent back."
    ),
    P.RETURNED: to_translate("The money that came for the closed application was sent back."),
}
_RETURNED: Final = to_translate("The application was returned to be corrected.")
_RETURNED_AND_WHY: Final = to_translate(
    "The application was returned to be corrected. What is wrong stands in it."
)
_OPEN_IT: Final = to_translate("Open the application")
_BEGIN: Final = to_translate("Here an application for a payment abroad can be filled in.")


def words_of_chat(work: UnitOfWork) -> Words:
    """In which language chats are spoken to."""
    return words_in(work.configured(TransferSettings).chat_language)


async def greet(work: UnitOfWork, chat_id: UUID) -> None:
    """Put the button that opens the Mini App into a chat that has become ours."""
    words = words_of_chat(work)
    await show(work, chat_id, chat_id, with_button(words, words.gettext(_BEGIN)))


async def show_card(work: UnitOfWork, application: Application) -> None:
    """Say how an application stands in its chat, if it has one."""
    if application.chat_id is None:
        return
    words = words_of_chat(work)
    lines = [title_of(words, application), words.gettext(_STATES[S(application.state)])]
    payment = _words_of_payment(application)
    if payment is not None:
        lines.append(words.gettext(payment))
    await show(work, application.chat_id, application.id, with_button(words, "\n".join(lines)))


async def tell_of_return(work: UnitOfWork, application: Application) -> None:
    """Tell the chat that somebody has something to correct; what, they read where they do it."""
    if application.chat_id is None:
        return
    words = words_of_chat(work)
    said = _RETURNED_AND_WHY if application.reason else _RETURNED
    await send_text(
        work,
        application.chat_id,
        with_button(words, f"{title_of(words, application)}\n{words.gettext(said)}"),
        subject_id=application.id,
        cause=f"returned:{application.id}:{application.version}",
    )


async def tell_of_money(work: UnitOfWork, application: Application) -> None:
    """Tell the chat of money that has moved for what is over, once for each move that counts."""
    payment = P(application.payment_state)
    if application.chat_id is None or application.state not in GIVEN_UP or payment not in _STRANDED:
        return
    words = words_of_chat(work)
    lines = [title_of(words, application), words.gettext(_STRANDED[payment])]
    await send_text(
        work,
        application.chat_id,
        Text("\n".join(lines)),
        subject_id=application.id,
        cause=f"money:{application.id}:{payment}",
    )


def _words_of_payment(application: Application) -> str | None:
    payment = P(application.payment_state)
    if application.state in GIVEN_UP and payment in _STRANDED:
        return _STRANDED[payment]
    return _PAYMENTS.get(payment)


def with_button(words: Words, body: str, address: str = OPEN) -> Text:
    """A text with the button that opens the application: the chat's own, unless another ``address`` is given."""
    return Text(body, buttons=[[Button(words.gettext(_OPEN_IT), address)]])


def title_of(words: Words, application: Application) -> str:
    """What an application is called in a chat."""
    if application.amount is None:
        return words.gettext("Payment abroad")
    return words.gettext(
        "Payment abroad: %(amount)s %(currency)s",
        amount=written(application.amount, application.currency),
        currency=application.currency,
    )


async def post_document(
    work: UnitOfWork, application: Application, document: ApplicationDocument
) -> None:
    """Put a kept document into the application's chat, once."""
    if application.chat_id is None or document.file is None or document.send_id is not None:
        return
    words = words_of_chat(work)
    named = [words.gettext(DOCUMENTS[document.kind]), document.number and f"№ {document.number}"]
    if document.date is not None:
        named.append(words.date(document.date, "short"))
    document.send_id = await send_document(
        work,
        application.chat_id,
        NewDocument(
            document.file,
            document.name,
            document.media_type,
            caption=" · ".join(one for one in named if one),
        ),
        subject_id=document.id,
        cause=f"document:{document.id}",
    )
    await work.session.flush()
