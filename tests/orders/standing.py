"""Orders that stand somewhere, brought there by what providers would have said: no worker, no provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tests.orders.campus import Campus, Learner, Offer
from tramita.kit.money import Money
from tramita.kit.runtime import Runtime
from tramita.orders.service import choose_card
from tramita.orders.signing import submit_for_signature
from tramita.payments.cards import find_payer_of, list_cards, save_card
from tramita.payments.journey.debit_due import debit_contract
from tramita.payments.journey.make_schedule import write_schedule
from tramita.payments.ports import CardRefusal, PaymentNews, PaymentStatus, SavedCard
from tramita.payments.queries import InstallmentView, standing_of
from tramita.payments.recording import record_payments
from tramita.signatures.lifecycle import SigningTrigger
from tramita.signatures.queries import signature_states
from tramita.signatures.rows import move, write
from tramita.signatures.settings import SignatureSettings

PROVIDER: Final = "lyra"
VISA: Final[dict[str, Any]] = {"brand": "Visa", "month": 3, "year": 2031, "last_numbers": "0018"}


@dataclass(frozen=True)
class Standing:
    """An order, and what becomes of it."""

    runtime: Runtime
    learner: Learner
    order: dict[str, Any]

    @property
    def id(self) -> UUID:
        """The order's."""
        return UUID(self.order["id"])

    async def submit(self) -> UUID:
        """The signing service has its contract; answers the procedure."""
        async with self.runtime.database.unit_of_work(actor="lexpersona") as work:
            await submit_for_signature(work, self.id, SignatureSettings())
            procedure = (await signature_states(work, [self.id]))[self.id].procedure_id
            await move(work, [procedure], SigningTrigger.SUBMIT)
            now = await work.now()
            submitted = {
                "provider_reference": f"wf_{procedure.hex[-12:]}",
                "submitted_for_signature_on": now,
                "known_at": now,
            }
            await write(work, {procedure: submitted})
            await move(work, [procedure], SigningTrigger.START)
        return procedure

    async def sign(self, *, by_both: bool = False) -> None:
        """Its learner has signed, and perhaps somebody for the organization."""
        procedure = await self.submit()
        steps = {
            "student_signed_on": SigningTrigger.STUDENT_SIGNS,
            "organization_signed_on": SigningTrigger.ORGANIZATION_SIGNS,
        }
        async with self.runtime.database.unit_of_work(actor="lexpersona") as work:
            for column, trigger in list(steps.items())[: 1 + by_both]:
                await write(work, {procedure: {column: await work.now()}})
                await move(work, [procedure], trigger)

    async def pay_with(self, *, brand: str, month: int, year: int, last_numbers: str) -> None:
        """Its learner has saved a card, and chosen it."""
        card = SavedCard(f"tok-{self.id}", brand, month, year, last_numbers, "consent")
        async with self.runtime.database.unit_of_work(actor=PROVIDER) as work:
            payer = await find_payer_of(work, "house", self.learner.username)
            assert payer is not None
            await save_card(work, PROVIDER, payer, card)
            saved = await list_cards(work, payer, PROVIDER)
            await choose_card(work, self.id, saved[0].id)

    async def schedule(self, *, days: int = 0, lasts: int = 400) -> None:
        """What is due when is written, by a course that begins in so many days; what is due is begun."""
        async with self.runtime.database.unit_of_work() as work:
            today = (await work.now()).date()
        starts_on, ends_on = today + timedelta(days=days), today + timedelta(days=days + lasts)
        await write_schedule(self.runtime, self.id, starts_on, ends_on, None, at_once=False)
        await debit_contract(self.runtime, self.id)

    async def installments(self) -> Sequence[InstallmentView]:
        """As they are now."""
        async with self.runtime.database.unit_of_work() as work:
            return (await standing_of(work, [self.id]))[self.id].installments

    async def hear(
        self,
        place: int,
        status: PaymentStatus = PaymentStatus.PAID,
        code: CardRefusal | None = None,
        reason: str = "",
    ) -> None:
        """The card processor tells what became of an instalment; its debit has ended."""
        one = (await self.installments())[place - 1]
        money = Money(one.amount, one.currency)
        news = PaymentNews(status, f"{status}-{one.id}", str(one.id), money, code, reason, "0018")
        async with self.runtime.database.unit_of_work(actor=PROVIDER) as work:
            await work.fetch(
                "UPDATE operations SET state = 'SUCCEEDED', settled_at = now() "
                "WHERE subject_id = $1",
                one.id,
            )
            await record_payments(work, PROVIDER, [news])

    async def refuse(
        self,
        place: int,
        code: CardRefusal = CardRefusal.INSUFFICIENT_FUNDS,
        reason: str = "[51] Insufficient funds",
    ) -> None:
        """The bank says no."""
        await self.hear(place, PaymentStatus.REFUSED, code, reason)


async def order_of(campus: Campus, offer: Offer | None = None, **offered: Any) -> Standing:
    """Somebody new has ordered what is offered, by an organization that has an owner."""
    offer = offer or await campus.offer(**offered)
    for organization in offer.organizations:
        await campus.site.ask(
            "POST",
            f"/api/v1/admin/organizations/{organization['id']}/members",
            json={
                "username": "olga",
                "full_name": "Olga Owner",
                "email": "olga@univ.example",
                "role": "owner",
            },
        )
    learner = campus.learner(full_name="Ana Learner", email="ana@learner.example")
    return Standing(campus.site.runtime, learner, await learner.order(offer))


async def paying(campus: Campus, *, price: str = "1000.00", **offered: Any) -> Standing:
    """An order that is signed, has a card, and its schedule."""
    one = await order_of(campus, price=price, **offered)
    await one.sign()
    await one.pay_with(**VISA)
    await one.schedule()
    return one
