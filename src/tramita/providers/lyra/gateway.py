"""``PaymentBackend`` on Lyra: translate, call, classify.

Lyra knows no repetition: a payment that is asked for twice is made twice. Each bears our name of
the instalment and our key in its ``metadata``, by which ``Order/Get`` finds it again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from tramita.kit.answers import Reading, read_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.money import Money
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection
from tramita.payments.ports import (
    CardRefusal,
    Charge,
    GivenBack,
    HostedForm,
    Notice,
    Payer,
    PaymentNews,
    SavedCard,
)
from tramita.providers.lyra.client import LyraClient
from tramita.providers.lyra.settings import LyraSettings
from tramita.providers.lyra.translate import (
    find_given_back,
    find_payment,
    find_payments,
    given_back,
    read_notice,
    read_payment,
    refuse,
    to_customer,
    to_payment,
)
from tramita.providers.lyra.webhook import answer_in
from tramita.providers.lyra.wire import (
    WireEnvelope,
    WireError,
    WireFormAnswer,
    WirePayment,
    WirePaymentAnswer,
    WireTokenAnswer,
    WireTransactionAnswer,
)

W = TypeVar("W")
T = TypeVar("T")

_CREATE_PAYMENT: Final = "Charge/CreatePayment"
_CREATE_TOKEN: Final = "Charge/CreateToken"


@dataclass(frozen=True)
class LyraGateway:
    """One shop at Lyra. ``notify_url`` is where Lyra tells us; empty: where its pages say."""

    client: LyraClient
    public_key: str
    forms_url: str
    notify_url: str

    async def tokenize_card(self, payer: Payer, attempt: Attempt) -> Outcome[HostedForm]:
        """A form that saves a card (``Charge/CreateToken``), its owner being asked to prove it."""
        body = {
            "customer": to_customer(payer),
            "formAction": "REGISTER",
            "strongAuthentication": "CHALLENGE_REQUESTED",
        }
        return await self._make_form(_CREATE_TOKEN, body, attempt)

    async def create_payment(self, charge: Charge, attempt: Attempt) -> Outcome[HostedForm]:
        """A form to pay in, which saves the card (``Charge/CreatePayment``)."""
        body = {**to_payment(charge, attempt.key), "formAction": "REGISTER_PAY"}
        return await self._make_form(_CREATE_PAYMENT, body, attempt)

    async def create_one_click_payment(
        self, charge: Charge, card_token: str, attempt: Attempt
    ) -> Outcome[HostedForm]:
        """The same with a saved card."""
        body = {
            **to_payment(charge, attempt.key),
            "formAction": "PAYMENT",
            "paymentMethodToken": card_token,
        }
        return await self._make_form(_CREATE_PAYMENT, body, attempt)

    async def create_zero_click_payment(
        self, charge: Charge, card: SavedCard, attempt: Attempt
    ) -> Outcome[PaymentNews]:
        """Debit without a form; only ``orderStatus`` says whether anything was paid."""
        options = {"initialIssuerTransactionIdentifier": card.issuer_reference}
        body = {
            **to_payment(charge, attempt.key),
            "formAction": "SILENT",
            "paymentMethodToken": card.token,
            "transactionOptions": {"cardOptions": options},
        }
        answer = await self.client.call(_CREATE_PAYMENT, self._notified(body), attempt)
        outcome = _judge(answer, WirePaymentAnswer, lambda said: read_payment(said.answer, charge))
        return outcome.value if isinstance(outcome, Done) else outcome

    async def is_already_paid(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[PaymentNews | None]:
        """All that was done for the order (``Order/Get``); an order that is unknown has nothing."""
        return await self._look(
            charge.order, attempt, lambda said: find_payment(said, charge, attempt.key), None
        )

    async def find_payments(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[Sequence[PaymentNews]]:
        """The same question; of all that was done for the order what was paid."""
        return await self._look(charge.order, attempt, lambda said: find_payments(said, charge), ())

    async def cancel_or_refund(
        self, reference: str, amount: Money, attempt: Attempt
    ) -> Outcome[GivenBack]:
        """Lyra itself decides which of the two it is (``Transaction/CancelOrRefund``)."""
        body = {
            "uuid": reference,
            "amount": amount.cents,
            "currency": amount.currency,
            "resolutionMode": "AUTO",
        }
        answer = await self.client.call("Transaction/CancelOrRefund", body, attempt)
        return _judge(answer, WireTransactionAnswer, lambda said: given_back(said.answer))

    async def find_refund(
        self, order: str, reference: str, attempt: Attempt
    ) -> Outcome[GivenBack | None]:
        """What was given back for the order (``Order/Get``)."""
        return await self._look(
            order, attempt, lambda said: Done(find_given_back(said, reference)), None
        )

    async def delete_credit_card(self, card_token: str, attempt: Attempt) -> Outcome[None]:
        """Forget a card (``Token/Cancel``)."""
        body = {"paymentMethodToken": card_token}
        answer = await self.client.call("Token/Cancel", body, attempt)
        return _judge(answer, WireTokenAnswer, lambda _: None)

    def read_message(self, body: bytes) -> Notice | NotUnderstood:
        """What stands in the message's ``kr-answer``."""
        try:
            return read_notice(msgspec.json.decode(answer_in(body), type=WirePayment))
        except UNREADABLE as error:
            return NotUnderstood(str(error))

    async def _look(
        self,
        order: str,
        attempt: Attempt,
        find: Callable[[WirePayment], Outcome[T]],
        nothing: T,
    ) -> Outcome[T]:
        """Look among all that was done for an order; where there is none, nothing was."""
        answer = await self.client.call("Order/Get", {"orderId": order}, attempt)
        outcome = _judge(answer, WirePaymentAnswer, lambda said: find(said.answer))
        match outcome:
            case Done(found):
                return found
            case Refused(CardRefusal.PAYMENT_UNKNOWN):
                return Done(nothing)
            case _:
                return outcome

    async def _make_form(
        self, web_service: str, body: Mapping[str, object], attempt: Attempt
    ) -> Outcome[HostedForm]:
        answer = await self.client.call(web_service, self._notified(body), attempt)
        return _judge(answer, WireFormAnswer, lambda said: self._form(said.answer.form_token))

    def _form(self, token: str) -> HostedForm:
        configuration = {"public_key": self.public_key, "base_url": self.forms_url}
        return HostedForm(token, f"{self.forms_url}/pay/{token}", configuration)

    def _notified(self, body: Mapping[str, object]) -> Mapping[str, object]:
        return {**body, "ipnTargetUrl": self.notify_url} if self.notify_url else body


def _judge(
    answer: Answer | NotSent | Unknown, kind: type[W], read: Callable[[W], T]
) -> Done[T] | Refused | NotSent | Unknown:
    """What an envelope means: a call that did not work has HTTP 200 as well."""
    if isinstance(answer, Answer) and answer.status == 200:
        envelope = read_json(answer, WireEnvelope)
        if not isinstance(envelope, NotUnderstood) and envelope.status == "ERROR":
            error = read_json(answer, WireError)
            if isinstance(error, NotUnderstood):
                return Unknown(f"an error that cannot be read: {error.why}")
            return refuse(error.answer)

    def read_whole(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        return said if isinstance(said, NotUnderstood) else read(said)

    return _READING.judge(answer, read_whole, good=frozenset({200}))


# Its words are in envelopes, whatever the status says: another 4xx is somebody's on the way.
_READING: Final = Reading("Lyra", lambda _: None)


def make_gateway(connection: Connection) -> LyraGateway:
    """The gateway of this process."""
    settings: LyraSettings = connection.settings
    username, password = connection.account("username"), connection.secret("password")
    client = LyraClient(connection.exchange, username, password)
    forms_url = (settings.forms_url or connection.exchange.base_url).rstrip("/")
    public = connection.platform.public_url
    notify_url = f"{public.rstrip('/')}/api/v1/payments/notifications/" if public else ""
    return LyraGateway(client, connection.account("public_key"), forms_url, notify_url)
