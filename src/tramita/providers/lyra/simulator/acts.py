"""``/__sim/act`` at Lyra: what payers, and the banks behind it, do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tramita.providers.lyra.simulator.cards import ACCEPTED, Card
from tramita.providers.lyra.simulator.conditions import DEBITS
from tramita.providers.lyra.simulator.shop import Form, Shop
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import UnknownAct, forgetting_button, operator_button

_SHOWN = 20


class InForm(Wanted):
    """A form; without ``form_token`` the newest that waits for its payer."""

    form_token: str | None = None


class Pay(InForm):
    """Which card a payer writes into the form, or the one that is saved (empty number)."""

    card: str = ACCEPTED
    month: int = 12
    year: int = 2099
    is_proven: bool = True


class Settle(Wanted):
    """What becomes of an instalment's debit that a bank has not decided about."""

    installment_id: str
    is_paid: bool = True


class GiveBack(Wanted):
    """What the shop gives back by hand of an instalment's payment, on Lyra's own pages."""

    installment_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class LyraOperator:
    """Whoever plays payers and banks."""

    shop: Shop

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered."""
        return {
            "pay": Order(Pay, self._pay),
            "abandon": Order(InForm, self._abandon),
            "settle": Order(Settle, self._settle),
            "give_back": Order(GiveBack, self._give_back),
        }

    def shown(self) -> dict[str, object]:
        """Records in numbers, and the forms that wait."""
        return {
            "cards": sum(not one.is_cancelled for one in self.shop.tokens.values()),
            "transactions": len(self.shop.transactions),
            "forms": [one.token for one in self._waiting()][-_SHOWN:],
        }

    def _waiting(self) -> list[Form]:
        return [one for one in self.shop.forms.values() if not one.is_done]

    def _form(self, order: InForm) -> str:
        if order.form_token is not None:
            return order.form_token
        waiting = self._waiting()
        if not waiting:
            raise UnknownAct("no form waits for a payer")
        return waiting[-1].token

    def _pay(self, order: Pay) -> Shown:
        card = Card(order.card, order.month, order.year) if order.card else None
        form = self.shop.pay(self._form(order), card, is_proven=order.is_proven)
        return {"form": form.token, "is_done": form.is_done, "asks": form.asking is not None}

    def _abandon(self, order: InForm) -> Shown:
        token = self._form(order)
        self.shop.abandon(token)
        return {"form": token}

    def _settle(self, order: Settle) -> Shown:
        made = self.shop.settle(order.installment_id, is_paid=order.is_paid)
        return {"uuid": made.uuid, "status": made.status}

    def _give_back(self, order: GiveBack) -> Shown:
        paid = [
            one.uuid
            for one in self.shop.transactions.values()
            if one.subject == order.installment_id and one.status == "PAID"
        ]
        if not paid:
            raise UnknownAct("nothing was paid of this instalment")
        made = self.shop.give_back(paid[-1], order.cents, request_id="operator")
        return {"uuid": made.uuid, "status": made.status}


BUTTONS = (
    operator_button("The payer pays in the newest form", "pay"),
    operator_button("The payer goes away", "abandon"),
    *(operator_button(f"Debits {how}", "set", debits=how) for how in DEBITS),
    operator_button("Nothing captured yet", "set", is_captured=False),
    operator_button("Everything captured", "set", is_captured=True),
    operator_button("Restart", "restart", memory=True),
    forgetting_button("Restart, forgetting"),
)
