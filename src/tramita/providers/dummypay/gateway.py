"""``PaymentBackend`` on the dummy, whose words are ours. It knows a request again by its id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from tramita.kit.answers import Reading, in_json
from tramita.kit.attempt import Attempt
from tramita.kit.json_client import JSONClient
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
from tramita.providers.dummypay.wire import (
    WireAll,
    WireError,
    WireForgotten,
    WireForm,
    WireFound,
    WireGiven,
    WireGivenBack,
    WirePayment,
)

W = TypeVar("W")
T = TypeVar("T")


def _refuse(no: WireError) -> Refused:
    known = {one.value for one in CardRefusal}
    return Refused(no.code if no.code in known else CardRefusal.OTHER, no.message)


_READING: Final = Reading("dummypay", in_json(WireError, _refuse))


@dataclass(frozen=True)
class DummyPayGateway:
    """Our access to the dummy."""

    client: JSONClient

    async def tokenize_card(self, payer: Payer, attempt: Attempt) -> Outcome[HostedForm]:
        """A form that saves a card."""
        return await self._form({"payer": payer}, attempt)

    async def create_payment(self, charge: Charge, attempt: Attempt) -> Outcome[HostedForm]:
        """A form to pay in."""
        return await self._form({"payer": charge.payer, "charge": charge}, attempt)

    async def create_one_click_payment(
        self, charge: Charge, card_token: str, attempt: Attempt
    ) -> Outcome[HostedForm]:
        """The same with a saved card."""
        said = {"payer": charge.payer, "charge": charge, "card_token": card_token}
        return await self._form(said, attempt)

    async def create_zero_click_payment(
        self, charge: Charge, card: SavedCard, attempt: Attempt
    ) -> Outcome[PaymentNews]:
        """Debit a saved card."""
        body = {"charge": charge, "card_token": card.token}
        return await self._ask("debits", body, attempt, WirePayment, lambda said: said.payment)

    async def is_already_paid(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[PaymentNews | None]:
        """Whether the instalment is paid, else what became of this attempt."""
        body = {"installment": charge.installment, "key": attempt.key}
        return await self._ask("find-payment", body, attempt, WireFound, lambda said: said.payment)

    async def find_payments(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[Sequence[PaymentNews]]:
        """All payments of the instalment."""
        body = {"installment": charge.installment}
        return await self._ask("find-payments", body, attempt, WireAll, lambda said: said.payments)

    async def cancel_or_refund(
        self, reference: str, amount: Money, attempt: Attempt
    ) -> Outcome[GivenBack]:
        """Give a payment back."""
        body = {"reference": reference, "amount": amount}
        return await self._ask("refunds", body, attempt, WireGiven, lambda said: said.given_back)

    async def find_refund(
        self, order: str, reference: str, attempt: Attempt
    ) -> Outcome[GivenBack | None]:
        """Whether a payment was given back."""
        body = {"reference": reference}
        return await self._ask(
            "find-refund", body, attempt, WireGivenBack, lambda said: said.given_back
        )

    async def delete_credit_card(self, card_token: str, attempt: Attempt) -> Outcome[None]:
        """Forget a card."""
        body = {"card_token": card_token}
        return await self._ask("forget-card", body, attempt, WireForgotten, lambda _: None)

    def read_message(self, body: bytes) -> Notice | NotUnderstood:
        """What a message says: our own words, and its number."""
        try:
            return msgspec.json.decode(body, type=Notice)
        except UNREADABLE as error:
            return NotUnderstood(str(error))

    async def _form(self, said: Mapping[str, object], attempt: Attempt) -> Outcome[HostedForm]:
        return await self._ask(
            "forms", said, attempt, WireForm, lambda form: HostedForm(form.token, form.url)
        )

    async def _ask(
        self,
        what: str,
        body: Mapping[str, object],
        attempt: Attempt,
        kind: type[W],
        read: Callable[[W], T],
    ) -> Done[T] | Refused | NotSent | Unknown:
        answer = await self.client.call("POST", f"/v1/{what}", attempt, body=body)
        return _READING.judge(answer, in_json(kind, read))


def make_gateway(connection: Connection) -> DummyPayGateway:
    """The gateway of this process."""
    token = connection.secret("token")
    return DummyPayGateway(JSONClient(connection.exchange, token, "x-request-id"))
