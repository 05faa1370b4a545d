"""What Lyra answers to each request. SIMULATED."""

from collections.abc import Mapping
from typing import Any

from litestar import HttpMethod
from litestar.types import ControllerRouterHandler

from tramita.providers.lyra.simulator import bodies
from tramita.providers.lyra.simulator.acts import BUTTONS, LyraOperator
from tramita.providers.lyra.simulator.conditions import Conditions
from tramita.providers.lyra.simulator.errors import ERRORS, INVALID
from tramita.providers.lyra.simulator.messages import Messages
from tramita.providers.lyra.simulator.pages import page_routes
from tramita.providers.lyra.simulator.requests import (
    CancelOrRefund,
    CancelToken,
    CreatePayment,
    CreateToken,
    GetOrder,
)
from tramita.providers.lyra.simulator.shop import Shop
from tramita.providers.lyra.simulator.voice import LyraVoice
from tramita.simulation.calls import Answer
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Task
from tramita.simulation.front.callbacks import call_back_to
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.kinds import Conduct, Step
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

_API = "/api-payment/V4"
# A call that does not work has HTTP 200 as well.
KINDS = {
    **bending.KINDS,
    "not_accepted": Conduct(Step.REFUSE, status=200),
    "token_unknown": Conduct(Step.REFUSE, status=200),
    "internal": Conduct(Step.REFUSE, status=200, after_effect=True),
}


class Lyra(Vendor):
    """One shop at Lyra, and the answer to every request."""

    key = "lyra"
    title = "Lyra (simulated)"
    table = (
        (HttpMethod.POST, f"{_API}/Charge/CreatePayment", "create_payment"),
        (HttpMethod.POST, f"{_API}/Charge/CreateToken", "create_token"),
        (HttpMethod.POST, f"{_API}/Token/Cancel", "cancel_token"),
        (HttpMethod.POST, f"{_API}/Order/Get", "get_order"),
        (HttpMethod.POST, f"{_API}/Transaction/CancelOrRefund", "cancel_or_refund"),
    )
    kinds = KINDS
    errors = ERRORS
    demo_token = "69876357:lyra-demonstration-password"
    buttons = BUTTONS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        messages = Messages(self.world, self.token.partition(":")[2])
        office = self.world.post_office
        office.subscribe_by_default(settings.webhook_url(self.key))
        office.sign, office.wrap = messages.sign, messages.wrap
        self.shop = Shop(self.world, messages, self.conditions)
        self.operator = LyraOperator(self.shop)

    def voice(self, asking: Asking) -> LyraVoice:
        """Envelopes."""
        return LyraVoice(asking, self.errors, self.token, self.world)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What payers and banks can be told to do."""
        return {**super().orders(), **self.operator.orders()}

    def shown(self) -> Shown:
        """Records in numbers, and conditions."""
        return {**self.operator.shown(), **self.conditions.shown()}

    def forget(self) -> None:
        """Lose every record."""
        self.shop.forget()

    def routes(self) -> list[ControllerRouterHandler]:
        """The API, and the page where a payer writes a card's number."""
        return [*super().routes(), *page_routes(self.shop)]

    def prepare(self, asking: Asking) -> Task:
        """What is paid is matched by the shop's own name of it."""
        match asking.operation:
            case "create_payment":
                wanted = asking.read(CreatePayment, INVALID)
                fields = {name: str(value) for name, value in (wanted.metadata or {}).items()}
                fields |= {"order_id": wanted.order_id or "", "form_action": wanted.form_action}
                return Task(fields, lambda _: self._pay(wanted, asking))
            case "create_token":
                card = asking.read(CreateToken, INVALID)
                return Task({}, lambda _: self._form(card, asking))
            case "cancel_token":
                token = asking.read(CancelToken, INVALID).payment_method_token
                return Task({"token": token}, lambda _: self._cancel_token(token, asking))
            case "get_order":
                order = asking.read(GetOrder, INVALID).order_id
                return Task({"order_id": order}, lambda _: self._get_order(order, asking))
            case _:  # cancel_or_refund, the last of the operations.
                back = asking.read(CancelOrRefund, INVALID)
                return Task({"uuid": back.uuid}, lambda _: self._give_back(back, asking))

    def _pay(self, wanted: CreatePayment, asking: Asking) -> Answer:
        if wanted.form_action != "SILENT":
            return self._form(wanted, asking)
        self._notify(wanted.ipn_target_url)
        made = self.shop.debit(wanted, request_id=asking.request_id)
        return self._said(asking, bodies.payment([made], at=self.world.clock.now()))

    def _form(self, wanted: CreatePayment | CreateToken, asking: Asking) -> Answer:
        self._notify(wanted.ipn_target_url)
        form = self.shop.make_form(wanted, request_id=asking.request_id)
        return self._said(asking, {"formToken": form.token, "_type": "V4/Charge/PaymentForm"})

    def _cancel_token(self, token: str, asking: Asking) -> Answer:
        self.shop.cancel_token(token, request_id=asking.request_id)
        said = {"responseCode": 0, "responseCodeDetail": "Action successfully completed"}
        return self._said(asking, said | {"_type": "V4/Common/ResponseCodeAnswer"})

    def _get_order(self, order_id: str, asking: Asking) -> Answer:
        found = self.shop.of_order(order_id)
        return self._said(asking, bodies.payment(found, at=self.world.clock.now()))

    def _give_back(self, back: CancelOrRefund, asking: Asking) -> Answer:
        made = self.shop.give_back(back.uuid, back.amount, request_id=asking.request_id)
        return self._said(asking, bodies.movement(made))

    def _notify(self, url: str | None) -> None:
        if url is not None:
            call_back_to(self.world.post_office, url, INVALID)

    def _said(self, asking: Asking, answer: bodies.Document) -> Answer:
        service = asking.path.removeprefix(f"{_API}/")
        return Answer(200, bodies.envelope(service, answer, at=self.world.clock.now()))


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Lyra on loopback."""
    return Lyra(settings).simulator()
